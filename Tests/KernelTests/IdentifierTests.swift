import Kernel
import TestSupport
import Testing

struct IdentifierTests {
    private func wellFormed(_ token: String) -> Bool {
        bytes(token).withUnsafeBytes { APIToken.isWellFormed($0) }
    }

    /// Bytes that are given as they are.
    private struct FixedRandom: RandomSource {
        let fixed: [UInt8]
        func bytes(_ count: Int) -> [UInt8] { Array(fixed.prefix(count)) }
    }

    /// Computed with Python's zlib.crc32 and int.from_bytes.
    @Test(arguments: [
        (Array(0..<32), "sk_live_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf1Yo7hP"),
        (
            [UInt8](repeating: 0, count: 32),
            "sk_live_00000000000000000000000000000000000000000002CZclj"
        ),
        (
            [UInt8](repeating: 255, count: 32),
            "sk_live_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13sRzl1"
        ),
    ])
    func `a token consists of random bits and a checksum`(secret: [UInt8], token: String) {
        let random = FixedRandom(fixed: secret)
        #expect(APIToken.make(prefix: APIToken.keyPrefix, random: random) == token)
        #expect(wellFormed(token))
    }

    @Test func `a token with a typo is refused`() {
        let random = SeededRandom(seed: 4)
        let token = APIToken.make(prefix: APIToken.sessionPrefix, random: random)
        #expect(token.utf8.count == 57)
        #expect(token.hasPrefix("st_live_"))
        #expect(wellFormed(token))
        for i in bytes(token).indices {
            var changed = bytes(token)
            changed[i] = changed[i] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
            #expect(!wellFormed(String(decoding: changed, as: UTF8.self)), "at \(i)")
        }
        for wrong in ["", token + "0", String(token.dropLast()), " " + token, token.uppercased()] {
            #expect(!wellFormed(wrong))
        }
    }

    @Test(arguments: [
        ("", UInt32(0)), ("a", 0xe8b7_be43), ("123456789", 0xcbf4_3926),
        ("The quick brown fox jumps over the lazy dog", 0x414f_a339),
    ])
    func `CRC-32 is that of zlib`(text: String, checksum: UInt32) {
        #expect(CRC32.checksum(text.utf8) == checksum)
    }

    @Test func `base62 writes numbers with zeros in front`() {
        #expect(Base62.encode([], width: 3) == "000")
        #expect(Base62.encode([0, 0, 61], width: 2) == "0z")
        #expect(Base62.encode([1, 0], width: 1) == "48")
        #expect(Base62.encode(UInt32(62), width: 6) == "000010")
        #expect(Base62.encode(UInt32.max, width: 6) == "4gfFC3")
    }

    /// RFC 4648 §10 without padding, and the two digits that are its own.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"), ("\u{ff}~?", "w79-Pw"),
    ])
    func `base64url has the published texts`(plain: String, text: String) {
        #expect(Base64URL.encode(bytes(plain)) == text)
        #expect(Base64URL.decode(Array(text.utf8)[...]) == bytes(plain))
    }

    @Test func `base64url has one text for each value`() {
        let random = SeededRandom(seed: 6)
        for count in 0..<100 {
            let value = random.bytes(count)
            #expect(Base64URL.decode(Array(Base64URL.encode(value).utf8)[...]) == value)
        }
        for text in [
            "Zg==", "Zg=", "Z", "Zm9vY", "Zh", "Zm9", "Zm9vYmF=", "a+b/", "Z g", "Zé", "Zg\n",
        ] {
            #expect(Base64URL.decode(Array(text.utf8)[...]) == nil, "\(text)")
        }
    }

    @Test func `ids sort in the order in which they were made`() {
        let clock = FakeClock()
        let minter = IDMinter(clock: clock, random: SeededRandom(seed: 8))
        var ids: [String] = []
        for i in 0..<3_000 {
            if i % 100 == 0 { clock.advance(seconds: i % 300 == 0 ? -5 : 2) }
            ids.append(minter.make("ent_"))
        }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { IDMinter.isWellFormed($0, prefix: "ent_") })
    }

    @Test func `ids made at once on many threads are different`() async {
        let minter = IDMinter(clock: FakeClock(), random: SystemRandom())
        let ids = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<2_000).map { _ in minter.make("usr_") } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        // Each thread for itself sees them rise.
        for part in ids { #expect(part == part.sorted()) }
        #expect(Set(ids.joined()).count == 16_000)
    }

    @Test func `an id carries its time as the ULID specification says`() {
        let clock = FakeClock("2016-07-30T22:36:16.385Z")
        let minter = IDMinter(clock: clock, random: SeededRandom(seed: 2))
        #expect(minter.make("ent_").hasPrefix("ent_01ARYZ6S41"))
    }

    @Test func `malformed ids are detected`() {
        let good = "ent_01ARZ3NDEKTSV4RRFFQ69G5FAV"
        #expect(IDMinter.isWellFormed(good, prefix: "ent_"))
        #expect(IDMinter.isWellFormed("ent_7ZZZZZZZZZZZZZZZZZZZZZZZZZ", prefix: "ent_"))
        for id in [
            "", "ent_", good + "0", String(good.dropLast()), good.lowercased(),
            "usr" + good.dropFirst(3),
            "ent_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "ent_01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "ent_01ARZ3NDEKTSV4RRFFQ69G5F V", "ent_01ARZ3NDEKTSV4RRFFQ69G5FÀ",
        ] {
            #expect(!IDMinter.isWellFormed(id, prefix: "ent_"), "\(id)")
        }
    }
}

struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"),
            (999, "1970-01-01T00:00:00.999Z"), (1_768_467_600_000, "2026-01-15T09:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `a timestamp is written in one format`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test func `every millisecond survives a round trip`() {
        let random = SeededRandom(seed: 10)
        for _ in 0..<2_000 {
            let time = Timestamp(milliseconds: Int64(random.below(4_000_000_000_000)))
            #expect(Timestamp(rfc3339: time.rfc3339) == time, "\(time.milliseconds)")
        }
    }

    @Test func `every day of eight centuries survives a round trip`() {
        var day = Timestamp(milliseconds: -13_000_000_000_000)
        var last = ""
        var wrong = 0
        for _ in 0..<290_000 {
            let text = day.rfc3339
            if text <= last || Timestamp(rfc3339: text) != day { wrong += 1 }
            last = text
            day = day.adding(seconds: 86_400)
        }
        #expect(wrong == 0)
        #expect(last.hasPrefix("2352-"))
    }

    @Test func `a year beyond four digits is clamped`() {
        #expect(Timestamp(milliseconds: .max).rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).rfc3339 == "0000-01-01T00:00:00.000Z")
    }

    @Test(
        arguments: [
            ("2026-01-15T09:00:00Z", 1_768_467_600_000),
            ("2026-01-15T10:00:00+01:00", 1_768_467_600_000),
            ("2026-01-15T04:30:00.5-04:30", 1_768_467_600_500),
            ("2026-01-15t09:00:00.123999z", 1_768_467_600_123),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("2024-02-29T00:00:00-00:00", 1_709_164_800_000),
        ] as [(String, Int64)])
    func `other forms of RFC 3339 are read`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "now", "2026-01-15", "2026-01-15T09:00:00", "2026-13-01T00:00:00Z",
        "2026-01-15T25:00:00Z", "1768467600", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.5", "2026-01-01T00:00:00.",
        "2026-01-01 00:00:00Z", "2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00+1:00",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+0100",
        "+026-01-01T00:00:00Z", "20260101T000000Z", "２026-01-01T00:00:00Z",
        "2026-01-01T00:00:00\u{2212}01:00", "2026-01-01T00:00:00.1234567890123456789Z0",
        String(repeating: "2", count: 1_000),
    ])
    func `an invalid timestamp is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}
