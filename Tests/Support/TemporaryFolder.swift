import FoundationEssentials
import Kernel

/// A new folder that goes with this object.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        let name = Base62.encode(SystemRandom().bytes(12), width: 17)
        path = FileManager.default.temporaryDirectory.path + "/latchkey-" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Writes a file into the folder.
    /// - Returns: its path.
    @discardableResult
    public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: path + "/" + name))
        return path + "/" + name
    }

    /// What all files hold, by name.
    public func contents() throws -> [String: [UInt8]] { try Self.contents(of: path) }

    /// What all files of a folder hold, by name.
    public static func contents(of path: String) throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            contents[name] = FileManager.default.contents(atPath: path + "/" + name).map {
                [UInt8]($0)
            }
        }
        return contents
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
