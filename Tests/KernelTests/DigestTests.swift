import Kernel
import TestSupport
import Testing

func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

struct DigestTests {
    /// NIST CSRC examples for SHA-256, and the long message of FIPS 180-2 appendix B.3.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
                + "klmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func `SHA-256 gives the published digests`(message: String, digest: String) {
        #expect(hex(SHA256.hash(bytes(message))) == digest)
    }

    /// From Python's hashlib: the lengths around one block and around its length field.
    @Test(arguments: [
        (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (57, "f13b2d724659eb3bf47f2dd6af1accc87b81f09f59f2b75e5c0bed6589dfe8c6"),
        (58, "d5c039b748aa64665782974ec3dc3025c042edf54dcdc2b5de31385b094cb678"),
        (59, "111bb261277afd65f0744b247cd3e47d386d71563d0ed995517807d5ebd4fba3"),
        (60, "11ee391211c6256460b6ed375957fadd8061cafbb31daf967db875aebd5aaad4"),
        (61, "35d5fc17cfbbadd00f5e710ada39f194c5ad7c766ad67072245f1fad45f0f530"),
        (62, "f506898cc7c2e092f9eb9fadae7ba50383f5b46a2a4fe5597dbb553a78981268"),
        (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
        (119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
        (120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"),
        (127, "c57e9278af78fa3cab38667bef4ce29d783787a2f731d4e12200270f0c32320a"),
        (128, "6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e"),
    ])
    func `SHA-256 pads every length around a block`(length: Int, digest: String) {
        #expect(hex(SHA256.hash([UInt8](repeating: 0x61, count: length))) == digest)
    }

    @Test func `SHA-256 in pieces equals SHA-256 at once`() {
        let random = SeededRandom(seed: 1)
        for _ in 0..<200 {
            let message = random.bytes(random.below(400))
            var hasher = SHA256()
            var rest = message[...]
            while !rest.isEmpty {
                let piece = rest.prefix(1 + random.below(130))
                if random.below(2) == 0 {
                    hasher.update(Array(piece))
                } else {
                    hasher.update(piece)
                }
                rest = rest.dropFirst(piece.count)
            }
            #expect(hasher.finalize() == SHA256.hash(message), "seed \(random.seed)")
        }
    }

    @Test func `a digest keeps its 32 bytes and takes no other number`() {
        let digest = bytes("abc").withUnsafeBytes { SHA256.hash($0) }
        #expect(digest.bytes == SHA256.hash(bytes("abc")))
        #expect(SHA256.Digest(bytes: digest.bytes) == digest)
        #expect(SHA256.Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(SHA256.Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
        #expect([digest: 1][digest] == 1)
    }

    /// RFC 4231 §4.2–4.8 (case 5 truncates and is left out).
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), bytes("Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            bytes("Jefe"), bytes("what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            bytes(
                "This is a test using a larger than block-size key and a larger than block-size "
                    + "data. The key needs to be hashed before being used by the HMAC algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func `HMAC-SHA-256 gives the codes of RFC 4231`(key: [UInt8], data: [UInt8], code: String) {
        let hmac = HMACSHA256(key: key)
        #expect(hex(hmac.authenticate(data)) == code)
        #expect(hex(hmac.authenticate(data)) == code, "a kept value can be used again")
    }

    @Test func `constant-time comparison finds every difference`() {
        let digest = SHA256.hash([])
        #expect(constantTimeEquals(digest, digest))
        #expect(constantTimeEquals([], []))
        #expect(!constantTimeEquals(digest, Array(digest.dropLast())))
        for i in digest.indices {
            var other = digest
            other[i] ^= 1
            #expect(!constantTimeEquals(digest, other))
        }
    }
}
