import EventLoop
import Glibc
import Kernel
import Synchronization

/// The lease of a cell on this machine, as its agent writes it into a file that every service of
/// the cell maps: who asks needs no system call, and no message that could come late.
///
/// All times are CLOCK_BOOTTIME of this machine, which all its containers share.
public final class CellLease: Sendable {
    /// In the order of the file.
    private enum Word: Int, CaseIterable {
        /// Which boot of the machine the times belong to.
        case boot
        /// The reign in which this machine may answer; 0 while it is a standby.
        case reign
        /// Until when it may answer, in nanoseconds.
        case answers
        /// Until when it may still answer requests that change nothing.
        case reads
    }

    private static let size = 4_096

    private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let boot: UInt64

    /// - Parameters:
    ///   - path: of the file.
    ///   - isOwner: the agent, which creates and writes it.
    public init(_ path: String, isOwner: Bool = false) throws(StartFailure) {
        let mode = isOwner ? O_RDWR | O_CREAT : O_RDONLY
        let fd = open(path, mode | O_CLOEXEC, 0o600)
        guard fd >= 0 else {
            throw StartFailure("can't open \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(fd) }
        if isOwner, ftruncate(fd, Self.size) != 0 {
            throw StartFailure("can't write \(path): \(String(cString: strerror(errno)))")
        }
        var info = stat()
        let protection = isOwner ? PROT_READ | PROT_WRITE : PROT_READ
        guard fstat(fd, &info) == 0, info.st_size >= Self.size,
            let memory = mmap(nil, Self.size, protection, MAP_SHARED, fd, 0),
            memory != UnsafeMutableRawPointer(bitPattern: -1)
        else { throw StartFailure("can't map \(path)") }
        words = memory.bindMemory(to: Atomic<UInt64>.self, capacity: Word.allCases.count)
        boot = Self.currentBoot
        if isOwner {
            end()
            store(boot, .boot)
        }
    }

    deinit { munmap(words, Self.size) }

    /// A number of this boot of the machine: times of another one mean nothing.
    private static var currentBoot: UInt64 {
        let fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        defer { close(fd) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = max(0, read(fd, &bytes, bytes.count))
        return SHA256.hash(Array(bytes[..<count])).prefix(8).reduce(1) { $0 << 8 | UInt64($1) }
    }

    private func load(_ word: Word) -> UInt64 {
        words[word.rawValue].load(ordering: .sequentiallyConsistent)
    }

    private func store(_ value: UInt64, _ word: Word) {
        words[word.rawValue].store(value, ordering: .sequentiallyConsistent)
    }

    // MARK: The agent's side

    /// This machine may answer in `reign` until `end`.
    public func hold(_ reign: UInt64, until end: Ticks) {
        // A new reign is never seen with the time of the one before.
        if load(.reign) != reign {
            self.end()
            store(reign, .reign)
        }
        store(end.nanoseconds, .answers)
    }

    /// It may still answer requests that change nothing until `end`.
    public func holdReads(until end: Ticks) { store(end.nanoseconds, .reads) }

    /// It may answer nothing from now on.
    public func end() {
        store(0, .answers)
        store(0, .reads)
        store(0, .reign)
    }

    // MARK: The services' side

    /// The reign in which this machine may answer; nil while it is a standby.
    public var reign: UInt64? {
        guard load(.boot) == boot else { return nil }
        let reign = load(.reign)
        return reign == 0 ? nil : reign
    }

    fileprivate func stands(_ reign: UInt64) -> Bool { isBefore(.answers, in: reign) }

    fileprivate func canRead(_ reign: UInt64) -> Bool {
        isBefore(.answers, in: reign) || isBefore(.reads, in: reign)
    }

    private func isBefore(_ end: Word, in reign: UInt64) -> Bool {
        let end = load(end)
        // The time before the reign: see `hold`.
        return load(.reign) == reign && Ticks.nowWithSleep.nanoseconds < end
    }
}

/// A reign of this machine's cell, for a service that has opened its database in it.
public struct CellTerm: Sendable {
    private let lease: CellLease?
    private let reign: UInt64

    /// The reign that has begun on this machine; nil while it is a standby.
    public init?(_ lease: CellLease) {
        guard let reign = lease.reign else { return nil }
        self.lease = lease
        self.reign = reign
    }

    private init() {
        lease = nil
        reign = 0
    }

    /// Of a standby: nothing may be answered.
    public static let none = CellTerm()

    /// Whether changes may be acknowledged: no other machine has begun a reign.
    public var stands: Bool { lease?.stands(reign) ?? false }

    /// Whether requests that change nothing may be answered.
    public var canRead: Bool { lease?.canRead(reign) ?? false }

    /// Whether it has ended for good: the machine is a standby now, or another reign has begun.
    public var isOver: Bool { lease?.reign != reign }
}
