import HTTPCore
import Kernel

/// Paths that named something by an external id a moment ago, and the same with our own names: for
/// as long as nothing is written, they need neither decoding nor a look-up. Forgets a path when
/// another one takes its place; used on one loop.
struct RecentPaths {
    private struct Entry {
        let route: Int
        let version: Int
        let asked: [UInt8]
        let path: [UInt8]
        let parameters: PathParameters
    }

    private static let maximum = 1_024
    private var entries = [Entry?](repeating: nil, count: maximum)

    /// Puts our own names in a request's path, if they are known.
    /// - Parameter version: of the names.
    func rename(_ request: inout RequestContext, to route: Int, _ version: Int) -> Bool {
        let known = request.head.withPath { bytes -> Entry? in
            guard let entry = entries[Self.place(bytes, route)], entry.version == version,
                entry.route == route, bytes.equals(entry.asked)
            else { return nil }
            return entry
        }
        guard let known else { return false }
        request.rename(request.head.with(path: known.path), known.parameters)
        return true
    }

    /// Keeps what a request's path has become.
    /// - Parameter version: of the names, from before they were looked up.
    mutating func keep(
        _ named: RequestContext, asked: RequestHead, to route: Int, _ version: Int
    ) {
        // The names were unknown.
        guard !named.head.hasTarget(of: asked) else { return }
        let bytes = asked.withPath { Array($0) }
        entries[bytes.withUnsafeBytes { Self.place($0, route) }] = Entry(
            route: route, version: version, asked: bytes, path: named.head.withPath { Array($0) },
            parameters: named.parameters)
    }

    /// FNV-1a over words. Whoever aims at one place costs others a look-up, and no more.
    private static func place(_ bytes: UnsafeRawBufferPointer, _ route: Int) -> Int {
        var hash = (0xCBF2_9CE4_8422_2325 ^ UInt64(route)) &* 0x100_0000_01B3
        var i = 0
        while i + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            hash = (hash ^ word) &* 0x100_0000_01B3
            hash ^= hash >> 32
            i += 8
        }
        while i < bytes.count {
            hash = (hash ^ UInt64(bytes[i])) &* 0x100_0000_01B3
            i += 1
        }
        return Int((hash ^ (hash >> 32)) & UInt64(maximum - 1))
    }
}
