import HTTPCore
import Kernel

/// Names requests. Belongs to a loop.
struct RequestIDs {
    private let prefix: String
    private var count: UInt64 = 0

    /// - Parameter random: makes ids of different loops and processes differ.
    init(random: any RandomSource) {
        prefix = Base62.encode(random.bytes(12), width: 17)
    }

    /// The caller's `X-Request-Id` if it is 1–128 of `[A-Za-z0-9_.-]`, else a new one.
    mutating func id(of head: RequestHead?) -> String {
        let given = head?.fields.withValue(.xRequestId) { bytes -> String? in
            guard (1...128).contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else {
                return nil
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        if let given, let given { return given }
        count += 1
        return prefix + String(count, radix: 36)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
    }
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
}
