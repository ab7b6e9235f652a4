import TestSupport
import Testing

@testable import Kernel

/// The bytes that a vector spells out.
func unhex(_ text: String) -> [UInt8] {
    let digits = text.utf8.map { UInt8(truncatingIfNeeded: Int($0 & 15) + ($0 > 57 ? 9 : 0)) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

@Suite struct AEADTests {
    /// RFC 8439 §2.1.1, in every column.
    @Test func `a quarter round mixes four words`() {
        var (a, b) = (SIMD4<UInt32>(repeating: 0x1111_1111), SIMD4<UInt32>(repeating: 0x0102_0304))
        var (c, d) = (SIMD4<UInt32>(repeating: 0x9b8d_6f43), SIMD4<UInt32>(repeating: 0x0123_4567))
        ChaCha20.quarterRounds(&a, &b, &c, &d)
        #expect(a == SIMD4(repeating: 0xea2a_92f4))
        #expect(b == SIMD4(repeating: 0xcb1c_f8ce))
        #expect(c == SIMD4(repeating: 0x4581_472e))
        #expect(d == SIMD4(repeating: 0x5881_c4bb))
    }

    @Test func `ChaCha20 gives the blocks and streams of RFC 8439`() throws {
        let vectors = RFC8439.blocks + RFC8439.streams + RFC8439.tagKeys
        #expect(vectors.count == 14)
        for vector in vectors {
            let nonce = try #require(ChaCha20Poly1305.Nonce(unhex(vector.nonce)))
            let cipher = ChaCha20(key: ChaCha20.words(unhex(vector.key)), nonce: nonce.words)
            let hidden = cipher.xor(unhex(vector.plain), from: vector.counter)
            #expect(hex(hidden) == vector.hidden, "\(vector.name)")
            #expect(hex(cipher.xor(hidden, from: vector.counter)) == vector.plain)
        }
    }

    @Test func `the last block number is followed by the first`() {
        let cipher = ChaCha20(key: SIMD8(repeating: 7), nonce: SIMD4())
        let zeros = [UInt8](repeating: 0, count: 128)
        #expect(cipher.xor(zeros, from: .max) == cipher.block(.max) + cipher.block(0))
    }

    @Test func `Poly1305 gives the codes of RFC 8439`() {
        #expect(RFC8439.codes.count == 12)
        for vector in RFC8439.codes {
            let tag = Poly1305.authenticate(unhex(vector.message), key: unhex(vector.key))
            #expect(hex(tag) == vector.tag, "\(vector.name)")
        }
    }

    /// Slow arithmetic that can't be wrong in the same way.
    @Test func `Poly1305 agrees with long division`() {
        let random = SeededRandom(seed: 8439)
        for _ in 0..<150 {
            // Few different bytes: carries run far.
            let key = random.bytes(32).map { $0 < 100 ? 0xFF : $0 }
            let message = random.bytes(random.below(70)).map { $0 < 100 ? 0xFF : $0 }
            #expect(
                Poly1305.authenticate(message, key: key) == SlowPoly1305.tag(message, key),
                "seed \(random.seed)")
        }
    }

    @Test func `the AEAD seals as RFC 8439 does`() throws {
        for vector in RFC8439.sealed {
            let cipher = try #require(ChaCha20Poly1305(key: unhex(vector.key)))
            let nonce = try #require(ChaCha20Poly1305.Nonce(unhex(vector.nonce)))
            let context = unhex(vector.context)
            let sealed = cipher.seal(unhex(vector.plain), nonce: nonce, context: context)
            #expect(hex(sealed) == vector.sealed, "\(vector.name)")
            #expect(cipher.open(sealed, nonce: nonce, context: context) == unhex(vector.plain))
            #expect(cipher.open(sealed, nonce: nonce, context: context + [0]) == nil)
            #expect(cipher.open(Array(sealed.suffix(15)), nonce: nonce, context: context) == nil)
        }
    }

    @Test func `keys and nonces have one length`() {
        #expect(ChaCha20Poly1305(key: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(ChaCha20Poly1305(key: [UInt8](repeating: 1, count: 33)) == nil)
        #expect(ChaCha20Poly1305.Nonce([UInt8](repeating: 1, count: 11)) == nil)
        #expect(ChaCha20Poly1305.Nonce([]) == nil)
    }
}

@Suite struct SealingTests {
    private let random = SeededRandom(seed: 5869)
    private let key = SealingKey(secret: Array(0..<32), purpose: "test")

    /// RFC 5869 A.1 to A.3.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 22), Array(0...12), Array(0xF0...0xF9), 42,
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                    + "34007208d5b887185865"
            ),
            (
                Array(0...0x4F), Array(0x60...0xAF), Array(0xB0...0xFF), 82,
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                    + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                    + "cc30c58179ec3e87c14c01d5c1f3434f1d87"
            ),
            (
                [UInt8](repeating: 0x0B, count: 22), [], [], 42,
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                    + "9d201395faa4b61a96c8"
            ),
        ] as [([UInt8], [UInt8], [UInt8], Int, String)])
    func `HKDF gives the keys of RFC 5869`(
        secret: [UInt8], salt: [UInt8], info: [UInt8], count: Int, key: String
    ) {
        #expect(hex(HKDF.derive(secret, salt: salt, info: info, count: count)) == key)
    }

    @Test func `HKDF gives no more than its longest key, and nothing for less than none`() {
        #expect(HKDF.derive([1], info: [], count: 100_000).count == 255 * 32)
        #expect(HKDF.derive([1], info: [], count: -1).isEmpty)
    }

    @Test func `the format of a sealed value does not change`() {
        // Made with another implementation of HKDF and the AEAD: what is stored must stay readable.
        for stored in [
            // Before values said which secret sealed them.
            "016465666768696a6b6c6d6e6f1d711023bd7ea466d91132e8a8fc92bdc7d1b1503ae2ee1dba5d938b",
            "02491562c86465666768696a6b6c6d6e6f1d711023bd7ea466d91132e84e2ba0985f2703feee7f57"
                + "8b3749b0a4",
        ] {
            #expect(key.open(unhex(stored), for: "käfer") == bytes("secret value"))
        }
    }

    @Test func `sealed values of every length can be opened`() {
        for length in 0...300 {
            let plain = random.bytes(length)
            let sealed = key.seal(plain, for: "row 1", random: random)
            #expect(sealed.count == length + SealingKey.overhead)
            #expect(sealed.starts(with: [2] + KeyID(of: Array(0..<32)).bytes))
            #expect(key.open(sealed, for: "row 1") == plain, "length \(length)")
        }
    }

    @Test func `the same value is sealed differently each time`() {
        let first = key.seal(bytes("a"), for: "", random: random)
        #expect(first != key.seal(bytes("a"), for: "", random: random))
    }

    @Test func `a value with any changed byte does not open`() {
        let sealed = key.seal(bytes("secretAccessKey"), for: "row 1", random: random)
        for i in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[i] ^= 1 << UInt8(bit)
                #expect(key.open(changed, for: "row 1") == nil, "byte \(i) bit \(bit)")
            }
            #expect(key.open(Array(sealed[..<i]), for: "row 1") == nil)
            #expect(key.open(Array(sealed[i...].dropFirst()), for: "row 1") == nil)
        }
        #expect(key.open(sealed + [0], for: "row 1") == nil)
    }

    @Test func `a value does not open in another place or with another key`() {
        let sealed = key.seal(bytes("a"), for: "row 1", random: random)
        for context in ["row 2", "row 1 ", "", "row"] {
            #expect(key.open(sealed, for: context) == nil)
        }
        let secret = [UInt8](0..<32)
        #expect(SealingKey(secret: secret, purpose: "other").open(sealed, for: "row 1") == nil)
        let other = SealingKey(secret: secret.reversed(), purpose: "test")
        #expect(other.open(sealed, for: "row 1") == nil)
    }

    @Test func `the description of a key does not reveal it`() {
        var text = "\(key) \(String(reflecting: key)) \([key]) \(Optional(key) as Any)"
        dump(key, to: &text)
        struct Holder { let key: SealingKey }
        dump(Holder(key: key), to: &text)
        // Neither the words of the key nor their type.
        #expect(!text.contains("SIMD") && !text.contains("cipher"))
        #expect(text.hasPrefix("SealingKey SealingKey [SealingKey] Optional(SealingKey)"))
    }
}
