import FoundationEssentials
import Glibc
import SQLite

/// Lets the processes that back up the databases of all services agree on one moment.
///
/// Each keeps its service's writer out until all do. At that moment nothing is on its way between
/// two snapshots: what one service has applied, the other's outbox or tables show as sent. Writers
/// wait for some milliseconds; if a process is late, for a second at most, and the snapshots are
/// of different moments.
///
/// The processes see each other by files in the backup's folder.
struct BackupRendezvous {
    /// Microseconds between two looks.
    private static let pause: UInt32 = 300

    let folder: String
    let name: String
    /// How many processes take part.
    let count: Int
    /// Milliseconds, until all have opened their databases.
    var opening = 10_000
    /// Milliseconds, while writers are kept out. Less than they wait before they fail.
    var holding = 1_000

    /// How a snapshot came to be.
    struct Moment {
        /// Whether all snapshots are of one moment, as far as this process can tell: they are if
        /// all say so.
        let isAligned: Bool
        /// How long writers were kept out.
        let held: Duration

        /// `held` in milliseconds.
        var heldMilliseconds: Double {
            let micros = held.components.attoseconds / 1_000_000_000_000
            return Double(held.components.seconds * 1_000_000 + micros) / 1_000
        }
    }

    /// Decides what the snapshot shows.
    func decide(_ snapshot: DatabaseSnapshot) throws -> Moment {
        let parent = getppid()
        try mark("opened")
        guard try wait(for: "opened", opening, under: parent),
            try snapshot.hold(within: holding)
        else {
            try snapshot.pin()
            return Moment(isAligned: false, held: .zero)
        }
        let begin = ContinuousClock.now
        defer { try? snapshot.release() }
        try mark("holding")
        let isAligned = try wait(for: "holding", holding, under: parent)
        try snapshot.release()
        return Moment(isAligned: isAligned, held: ContinuousClock.now - begin)
    }

    private func mark(_ step: String) throws {
        let path = "\(folder)/.\(name).\(step)"
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BackupFailure("\(path): \(String(cString: strerror(errno)))") }
        close(file)
    }

    /// - Throws: if the script that started all of them has died.
    private func wait(
        for step: String, _ milliseconds: Int, under parent: pid_t
    ) throws -> Bool {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while true {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            if names.count(where: { $0.hasSuffix(".\(step)") }) >= count { return true }
            guard ContinuousClock.now < end else { return false }
            guard getppid() == parent else { throw BackupFailure("the backup was ended") }
            usleep(Self.pause)
        }
    }
}
