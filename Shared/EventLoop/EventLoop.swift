import CLinux
import Glibc
import Kernel
import Synchronization

/// What a socket is ready for.
public struct Readiness: OptionSet, Sendable {
    /// Bits of epoll(7).
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bytes or a connection can be taken.
    public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// Bytes can be sent.
    public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer has closed its sending side.
    public static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// The connection is broken, or closed on both sides.
    public static let broken = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}

/// What owns a registered socket. Called on the loop's thread.
public protocol ReadinessHandler: AnyObject {
    func ready(_ readiness: Readiness)
}

/// What has a deadline. Called on the loop's thread, about every 100 ms.
public protocol Timed: AnyObject {
    /// Where the loop keeps it; the loop's own, −1 while it is not kept.
    var timedIndex: Int { get set }
    func tick(_ now: Ticks)
}

/// One thread with its sockets, timers and tasks.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
    /// Functions as elements of an array would allocate (`RoundEnd`).
    private struct Closure {
        let call: @Sendable () -> Void
    }

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var closures: [Closure] = []
        var isAwake = false
        var isStopping = false
    }

    /// Unique in the process; also the `ThreadSlot` of the loop's thread.
    public let slot: Int
    private let epoll: Int32
    private let wakeup: Int32
    private let inbox = Mutex(Inbox())

    // Touched on the loop's thread only.
    private var handlers: [Int32: (generation: UInt32, handler: any ReadinessHandler)] = [:]
    private var generation: UInt32 = 0
    private var localJobs: [UnownedJob] = []
    // What is being run. Two arrays in turns keep their memory.
    private var runningJobs: [UnownedJob] = []
    private var runningClosures: [Closure] = []
    private let roundEnd = RoundEnd()
    private var timed: [any Timed] = []
    private var timers = TimerHeap()
    private var nextSweep: Ticks
    /// When the current round of events began.
    public private(set) var now: Ticks
    /// How long rounds of events took so far. On the loop only.
    public private(set) var stalls = LoopStalls()
    private let scratch = EventLoop.makeScratch()
    private var scratchIsLent = false
    private var spin: Spin

    private let manualTime: (@Sendable () -> Ticks)?

    private static let slots = Atomic<Int>(0)
    private static let sweepMilliseconds = 100

    /// - Parameters:
    ///   - spin: microseconds for which the loop may look for events before it sleeps (`Spin`).
    ///   - manualTime: for tests: the time of timers and deadlines, in place of the real one. Who
    ///     moves it wakes the loop (`execute`).
    public init(spin microseconds: Int = 0, manualTime: (@Sendable () -> Ticks)? = nil) {
        self.manualTime = manualTime
        spin = Spin(microseconds: microseconds)
        now = manualTime?() ?? .now
        nextSweep = now
        slot = Self.slots.add(1, ordering: .relaxed).oldValue
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeup = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(epoll >= 0 && wakeup >= 0, "no epoll instance or eventfd to be had")
        _ = latchkey_epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, EPOLLIN.rawValue, .max)
    }

    deinit {
        close(epoll)
        close(wakeup)
        scratch.deallocate()
    }

    /// Whether this thread runs the loop.
    public var isCurrent: Bool { ThreadSlot.current == slot }

    /// Traps on any other thread, in debug builds; costs nothing in others. What belongs to a loop
    /// has no lock, and the compiler does not see where it is touched (`@unchecked Sendable`).
    @inlinable
    public func assertCurrent(_ file: StaticString = #fileID, _ line: UInt = #line) {
        assert(isCurrent, "touched off its event loop", file: file, line: line)
    }

    // MARK: Tasks

    /// Runs a task's job on the loop (`TaskExecutor`).
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            localJobs.append(job)
        } else {
            wake { $0.jobs.append(job) }
        }
    }

    /// Runs `body` on the loop, soon.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        wake { $0.closures.append(Closure(call: body)) }
    }

    /// Ends `run` after the round that is running.
    public func stop() {
        wake { $0.isStopping = true }
    }

    /// Calls `body` at the end of this round of events. On the loop only; takes no lock.
    public func postpone(_ body: @escaping () -> Void) {
        assertCurrent()
        roundEnd.add(body)
    }

    /// The same, after all others of the round: for what no client waits for.
    public func postponeLast(_ body: @escaping () -> Void) {
        assertCurrent()
        roundEnd.addLast(body)
    }

    private func wake(_ change: (inout sending Inbox) -> Void) {
        let mustWrite = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isAwake = true }
            return !inbox.isAwake
        }
        if mustWrite { eventfd_write(wakeup, 1) }
    }

    // MARK: Sockets

    /// Watches `fd`, edge-triggered unless `level`, until `unregister`.
    public func register(
        _ fd: Int32, _ handler: any ReadinessHandler, level: Bool = false
    ) -> Bool {
        assertCurrent()
        generation &+= 1
        var events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
        if !level { events |= EPOLLOUT.rawValue | EPOLLET.rawValue }
        let data = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
        guard latchkey_epoll_ctl(epoll, EPOLL_CTL_ADD, fd, events, data) == 0 else { return false }
        handlers[fd] = (generation, handler)
        return true
    }

    /// Call before closing `fd`.
    public func unregister(_ fd: Int32) {
        assertCurrent()
        guard handlers.removeValue(forKey: fd) != nil else { return }
        _ = latchkey_epoll_ctl(epoll, EPOLL_CTL_DEL, fd, 0, 0)
    }

    // MARK: Memory

    /// Lends memory to read from a socket into. What is read is handed on at once, and whoever
    /// takes it may read from a socket of its own: a nested call gets other memory.
    public func withScratch<T>(_ body: (UnsafeMutableRawBufferPointer) -> T) -> T {
        assertCurrent()
        guard !scratchIsLent else {
            let own = Self.makeScratch()
            defer { own.deallocate() }
            return body(own)
        }
        scratchIsLent = true
        defer { scratchIsLent = false }
        return body(scratch)
    }

    private static func makeScratch() -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: 64 * 1024, alignment: 16)
    }

    // MARK: Time

    /// The current time. `now` is cheaper, and does for what begins or ends with a round.
    public var time: Ticks { manualTime?() ?? .now }

    /// Calls `body` once, after at least `milliseconds`. On the loop only.
    public func schedule(milliseconds: Int, _ body: @escaping () -> Void) {
        assertCurrent()
        timers.insert(at: time.adding(milliseconds: milliseconds), body)
    }

    /// Calls `tick` of `item` about every 100 ms, until `unwatch`.
    public func watch(_ item: any Timed) {
        assertCurrent()
        guard item.timedIndex < 0 else { return }
        item.timedIndex = timed.count
        timed.append(item)
    }

    /// Ends `watch`.
    public func unwatch(_ item: any Timed) {
        assertCurrent()
        let index = item.timedIndex
        guard index >= 0 else { return }
        item.timedIndex = -1
        let last = timed.removeLast()
        if index < timed.count {
            timed[index] = last
            last.timedIndex = index
        }
    }

    private func sweep() {
        nextSweep = now.adding(milliseconds: Self.sweepMilliseconds)
        // Backwards, because a tick may remove its own item and move the last one into its place.
        var i = timed.count - 1
        while i >= 0 {
            if i < timed.count { timed[i].tick(now) }
            i -= 1
        }
    }

    // MARK: Running

    /// Runs on the calling thread until `stop`.
    public func run() { roundEnd.withThread(runRounds) }

    private func runRounds() {
        ThreadSlot.assign(slot)
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        var ended = time
        while true {
            let count = wait(&events, since: ended)
            now = time
            for i in 0..<max(0, count) { dispatch(&events[i]) }
            while let timer = timers.popDue(now) { timer.body() }
            if now >= nextSweep { sweep() }
            let isLast = takeInbox()
            runJobs()
            roundEnd.run()
            if isLast { break }
            ended = time
            stalls.note(ended.nanoseconds - now.nanoseconds)
        }
    }

    private func wait(_ events: inout [epoll_event], since now: Ticks) -> Int {
        if !localJobs.isEmpty || !roundEnd.isEmpty {
            return Int(epoll_wait(epoll, &events, 256, 0))
        }
        let next = timed.isEmpty ? timers.next : min(timers.next, nextSweep)
        // One more than the rest, which is rounded down: not to wake before the time.
        let isForever = next == .distantFuture || manualTime != nil && next > now
        let timeout = isForever ? -1 : now.milliseconds(until: next) + 1
        if timeout != 0, spin.begins() {
            let count = look(for: &events, since: now)
            spin.ended(found: count != 0)
            if count != 0 { return count }
        }
        return Int(epoll_wait(epoll, &events, 256, Int32(clamping: timeout)))
    }

    /// Looks for events without sleeping.
    private func look(for events: inout [epoll_event], since begin: Ticks) -> Int {
        repeat {
            let count = epoll_wait(epoll, &events, 256, 0)
            if count != 0 { return Int(count) }
            sched_yield()
        } while Ticks.now.nanoseconds < begin.nanoseconds + spin.limit
        return 0
    }

    private func dispatch(_ event: inout epoll_event) {
        let data = latchkey_epoll_data(&event)
        guard data != .max else {
            var value: eventfd_t = 0
            eventfd_read(wakeup, &value)
            return
        }
        let fd = Int32(bitPattern: UInt32(truncatingIfNeeded: data))
        // An event of a socket that was closed in this round, whose number may be in use again.
        guard let entry = handlers[fd], entry.generation == UInt32(data >> 32) else { return }
        entry.handler.ready(Readiness(rawValue: latchkey_epoll_events(&event)))
    }

    /// - Returns: whether the loop is to end.
    private func takeInbox() -> Bool {
        let isLast = inbox.withLock { inbox in
            inbox.isAwake = false
            if !inbox.jobs.isEmpty {
                localJobs.append(contentsOf: inbox.jobs)
                inbox.jobs.removeAll(keepingCapacity: true)
            }
            swap(&inbox.closures, &runningClosures)
            return inbox.isStopping
        }
        guard !runningClosures.isEmpty else { return isLast }
        for body in runningClosures { body.call() }
        runningClosures.removeAll(keepingCapacity: true)
        return isLast
    }

    private func runJobs() {
        // Only those that are there now: what they enqueue waits for the next round of events.
        guard !localJobs.isEmpty else { return }
        swap(&localJobs, &runningJobs)
        for job in runningJobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        runningJobs.removeAll(keepingCapacity: true)
    }
}
