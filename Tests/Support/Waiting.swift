import Glibc

// The only place where tests sleep, so that none depends on how long something takes.

/// Asks `condition` every few milliseconds; whether it came true in time.
public func eventually(
    within milliseconds: Int = 5_000, _ condition: () async throws -> Bool
) async rethrows -> Bool {
    for _ in 0..<(milliseconds / 5) {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}

/// Whether `condition` stays false for a moment: for what nothing announces. A test that could
/// fail only sometimes, so where something follows for certain, wait for that instead.
public func never(_ condition: () async throws -> Bool) async rethrows -> Bool {
    try await !eventually(within: 100, condition)
}

/// Asks `condition` until it is true, for two minutes at most: other tests may keep all cores busy.
/// Keeps the calling thread waiting, which must not be one that tasks run on.
public func blockUntil(_ condition: () -> Bool) {
    for _ in 0..<24_000 {
        if condition() { return }
        usleep(5_000)
    }
}

/// Keeps the calling thread waiting: a peer that is slow.
public func pauseThread(milliseconds: UInt32) { usleep(milliseconds * 1000) }
