import Synchronization

/// Makes ids such as `ent_01JHMZ…`: a prefix and a ULID (48 bits of milliseconds, 80 random bits,
/// 26 characters of Crockford's base32; https://github.com/ulid/spec). Ids of one minter sort in
/// the order in which they were made, also when the clock stands still or is set back by up to an
/// hour. Beyond that the clock was wrong before, and new ids go by it as it is now (RFC 9562 §6.2).
/// Nothing expires by the time in an id.
public struct IDMinter: Sendable {
    struct Last {
        var milliseconds: UInt64 = 0
        var high: UInt16 = 0
        var low: UInt64 = 0
    }

    private final class State: Sendable {
        let last = Mutex(Last())
    }

    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let ulidLength = 26
    /// In milliseconds: by how much ids may be ahead of the clock for the sake of their order.
    static let longestLead: UInt64 = 3_600_000

    private let clock: any Clock
    private let random: any RandomSource
    private let state = State()

    public init(clock: any Clock, random: any RandomSource) {
        self.clock = clock
        self.random = random
    }

    /// A new id.
    /// - Parameter prefix: with its underscore, such as `ent_`.
    public func make(_ prefix: String) -> String {
        assert(prefix.utf8.last == UInt8(ascii: "_"), "a prefix ends with an underscore")
        return prefix + Self.text(next())
    }

    /// Greater than those before, also without its last six bits (`makeUUID`).
    func next() -> Last {
        let now = UInt64(clamping: clock.now().milliseconds) & (1 << 48 - 1)
        let fresh = random.bytes(10)
        return state.last.withLock { last in
            if now > last.milliseconds || last.milliseconds - now > Self.longestLead {
                last = Self.first(of: now, fresh)
            } else {
                Self.advance(&last, fresh)
            }
            return last
        }
    }

    /// Whether `id` is `prefix` and a ULID in its one spelling: upper case, at most 128 bits.
    public static func isWellFormed(_ id: String, prefix: String) -> Bool {
        var id = id
        return id.withUTF8 { bytes in
            let start = prefix.utf8.count
            return bytes.count == start + ulidLength && bytes.starts(with: prefix.utf8)
                && bytes[start] <= UInt8(ascii: "7") && bytes[start...].allSatisfy(isDigit)
        }
    }

    /// Whether a byte is one of `digits`.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "H"),
            UInt8(ascii: "J"), UInt8(ascii: "K"), UInt8(ascii: "M"), UInt8(ascii: "N"),
            UInt8(ascii: "P")...UInt8(ascii: "T"), UInt8(ascii: "V")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    /// The top random bit starts as 0, which leaves room to count up within the millisecond.
    private static func first(of milliseconds: UInt64, _ fresh: [UInt8]) -> Last {
        let high = (UInt16(fresh[0]) << 8 | UInt16(fresh[1])) & 0x7FFF
        let low = fresh[2...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Last(milliseconds: milliseconds, high: high, low: low)
    }

    /// A random step rather than 1, so that one id does not give its successor away; in 64s, so
    /// that a UUID, which has six bits less, is another as well.
    private static func advance(_ last: inout Last, _ fresh: [UInt8]) {
        let step = (fresh[..<4].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } + 1) << 6
        let (low, overflow) = last.low.addingReportingOverflow(step)
        last.low = low
        guard overflow else { return }
        let (high, full) = last.high.addingReportingOverflow(1)
        last.high = high
        if full { last = first(of: last.milliseconds + 1, fresh) }
    }

    private static func text(_ ulid: Last) -> String {
        String(unsafeUninitializedCapacity: ulidLength) { buffer in
            var top = ulid.milliseconds << 16 | UInt64(ulid.high)
            var low = ulid.low
            for i in (0..<ulidLength).reversed() {
                buffer[i] = digits[Int(low & 31)]
                low = low >> 5 | top << 59
                top >>= 5
            }
            return ulidLength
        }
    }
}
