-- Opens a session without a window and does WORK, a file of Lua. By environment too: SESSION_DIR, SESSION_NAME.
AudioEngine:set_backend("None (Dummy)", "", "")
AudioEngine:set_buffer_size(1024)
Session = assert(load_session(os.getenv("SESSION_DIR"), os.getenv("SESSION_NAME")), "no session")
loadfile(os.getenv("WORK"))()
close_session()
quit()
