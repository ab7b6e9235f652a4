import EventLoop

/// When whoever waits for the answer to the current request will have given up. Follows the task
/// that handles it, so that calls of neighbours on its behalf wait no longer than is of use.
enum RequestDeadline {
    @TaskLocal static var current = Ticks.distantFuture
}
