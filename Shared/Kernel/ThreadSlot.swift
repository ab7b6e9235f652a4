import CLinux

/// Which event loop the current thread runs: 0, 1, …, or nil on any other thread. What is kept
/// once per loop (a read-only connection, a counter, a pool) is found by it without a lock.
public enum ThreadSlot {
    /// The loop of this thread; nil on other threads.
    public static var current: Int? {
        let slot = latchkey_get_thread_slot()
        return slot < 0 ? nil : Int(slot)
    }

    /// Called once by a loop's thread, before anything else runs on it.
    public static func assign(_ slot: Int) {
        latchkey_set_thread_slot(Int32(slot))
    }
}
