extension EventLoop {
    /// Suspends the calling task, which runs on this loop.
    public func sleep(milliseconds: Int) async {
        await withCheckedContinuation { continuation in
            execute { self.schedule(milliseconds: milliseconds) { continuation.resume() } }
        }
    }
}
