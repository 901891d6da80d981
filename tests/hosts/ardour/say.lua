-- Runs a piece of work inside Ardour, with its window or without, and writes what it says into a file.
return function(path, work)
  local file = assert(io.open(path, "w"))
  function say(...)
    local words = {}
    for i = 1, select("#", ...) do words[i] = tostring(select(i, ...)) end
    file:write(table.concat(words, " "), "\n")
  end
  -- Every Keel with its track's name.
  function keels(each)
    for route in Session:get_routes():iter() do
      local i = 0
      while true do
        local processor = route:nth_plugin(i)
        if processor:isnil() then break end
        if processor:display_name() == "Keel" then each(route, processor) end
        i = i + 1
      end
    end
  end
  -- A line for each parameter: track, parameter, value.
  function parameters()
    keels(function(route, processor)
      local plugin = processor:to_insert():plugin(0)
      for i = 0, plugin:parameter_count() - 1 do
        local value = ARDOUR.LuaAPI.get_processor_param(processor, i, true)
        say(route:name() .. "\t" .. plugin:parameter_label(i) .. "\t" .. value)
      end
    end)
  end
  function locate(roll)
    local how = roll and ARDOUR.LocateTransportDisposition.MustRoll or ARDOUR.LocateTransportDisposition.MustStop
    Session:request_locate(0, false, how, ARDOUR.TransportRequestSource.TRS_UI)
  end
  local done, why = pcall(work)
  if not done then say("LUA FAILED: " .. tostring(why)) end
  say("THE END")
  file:close()
end
