import FoundationEssentials
import Glibc

/// What a service keeps is for its own user alone: codes, mails, secrets. Files are made with mode
/// 600 and folders with 700 (`umask` of the process); those of earlier versions, or that were
/// copied, are taken from others at each start.
enum PrivateFiles {
    /// Beside the databases, by `deploy/up`.
    private static let known: Set<String> = [
        "mail", "log", "run", "internal-secret", "encryption-secret", "admin-token",
        BackupCommands.incomplete,
    ]

    /// Files created by this process from now on are for its user only.
    static func begin() { umask(0o077) }

    /// Removes the permissions of others on a data folder and our files in it. A folder that also
    /// holds other things, or belongs to somebody else, may be what others need to reach: it is
    /// left, and named.
    /// - Returns: what others could read until now, and what they still can.
    static func tighten(_ folder: String) -> (taken: [String], left: [String]) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let ours = names.filter { known.contains($0) || $0.contains(".sqlite") }
        var (taken, left): ([String], [String]) = ([], [])
        func note(_ path: String, mayChange: Bool = true) {
            switch close(path, to: mayChange) {
            case .taken: taken.append(path)
            case .left: left.append(path)
            case .closed: break
            }
        }
        note(folder, mayChange: ours.count == names.count)
        for name in ours { note("\(folder)/\(name)") }
        return (taken, left)
    }

    private enum Outcome {
        case closed
        case taken
        case left
    }

    /// Links are not followed: what they lead to is not ours to change.
    private static func close(_ path: String, to mayChange: Bool) -> Outcome {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        var info = stat()
        guard descriptor >= 0 else { return .closed }
        defer { Glibc.close(descriptor) }
        guard fstat(descriptor, &info) == 0 else { return .closed }
        let isFolder = info.st_mode & S_IFMT == S_IFDIR
        guard info.st_mode & 0o077 != 0, isFolder || info.st_mode & S_IFMT == S_IFREG else {
            return .closed
        }
        // A sticky folder is everybody's (/tmp).
        guard mayChange, info.st_uid == geteuid(), info.st_mode & S_ISVTX == 0,
            fchmod(descriptor, info.st_mode & 0o700) == 0
        else { return .left }
        return .taken
    }
}
