-- Makes a session. By environment: SESSION_DIR, SESSION_NAME, TRACKS ("Kick:2,Vocal:1": name and channels), KEEL
-- ("none", "loose" or "strict": without it, after the fader, and there with Strict I/O).
AudioEngine:set_backend("None (Dummy)", "", "")
AudioEngine:set_buffer_size(1024)
local session = create_session(os.getenv("SESSION_DIR"), os.getenv("SESSION_NAME"), 48000)
assert(session, "no session")
local keel = os.getenv("KEEL")
for name, channels in string.gmatch(os.getenv("TRACKS"), "(%w+):(%d)") do
  local order, mode = ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal
  for track in session:new_audio_track(tonumber(channels), 2, nil, 1, name, order, mode, true):iter() do
    if keel == "strict" then track:set_strict_io(true) end
    if keel ~= "none" then
      local plugin = ARDOUR.LuaAPI.new_plugin(session, "Keel", ARDOUR.PluginType.VST3, "")
      assert(not plugin:isnil(), "Ardour knows no Keel")
      assert(track:add_processor_by_index(plugin, -1, nil, true) == 0, "Ardour does not take Keel in")
    end
  end
end
-- New tracks are connected by and by.
sleep(2)
session:save_state("")
sleep(1)
close_session()
quit()
