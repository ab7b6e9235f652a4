import Kernel
import Testing

@testable import Gateway

@Suite struct RecentDigestsTests {
    private func digest(_ token: String, _ digests: inout RecentDigests) -> SHA256.Digest? {
        Array(token.utf8).withUnsafeBytes { digests.digest(of: $0) }
    }

    @Test func `a digest is the token's own, however many come between`() {
        var digests = RecentDigests()
        let tokens = (0..<1_000).map { seed in
            APIToken.make(
                prefix: APIToken.keyPrefix,
                bytes: SHA256.hash(Array("\(seed)".utf8)))
        }
        for token in tokens + tokens.reversed() + tokens {
            #expect(digest(token, &digests)?.bytes == SHA256.hash(Array(token.utf8)))
            #expect(digest(token, &digests)?.bytes == SHA256.hash(Array(token.utf8)))
        }
    }

    @Test func `a token that differs in any byte from a known one is not taken for it`() {
        var digests = RecentDigests()
        let token = APIToken.make(
            prefix: APIToken.keyPrefix, bytes: SHA256.hash(Array("1".utf8)))
        for index in 0..<token.utf8.count {
            #expect(digest(token, &digests) != nil)
            var other = Array(token.utf8)
            other[index] = other[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : 0x41
            let found = other.withUnsafeBytes { digests.digest(of: $0) }
            #expect(found == nil, "byte \(index)")
        }
        for text in ["", "sk_live_", token + "0", String(token.dropLast()), token + "0000000"] {
            #expect(digest(text, &digests) == nil)
        }
    }
}
