import Foundation
import ServiceKit
import TestSupport

/// The agreed bytes of an internal call, which both sides are checked against.
enum Golden {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Golden/\(name).json"))
        return [UInt8](data.filter { $0 != UInt8(ascii: "\n") })
    }

    static func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    static func value<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
        try JSON.decode(type, try bytes(name))
    }
}
