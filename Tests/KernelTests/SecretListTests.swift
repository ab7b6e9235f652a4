import TestSupport
import Testing

@testable import Kernel

/// Lists of secrets: the first signs and seals, all of them verify and open.
@Suite struct SecretListTests {
    private let random = SeededRandom(seed: 19)
    private let secrets = (1...4).map { [UInt8](repeating: UInt8($0), count: 32) }

    /// Every order in which a list can have some of four secrets.
    private var lists: [[Int]] {
        var lists: [[Int]] = (0..<4).map { [$0] }
        for _ in 0..<3 {
            lists += lists.flatMap { list in
                (0..<4).filter { !list.contains($0) }.map { list + [$0] }
            }
        }
        return Array(Set(lists)).sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func list(_ places: [Int]) -> SecretList {
        let chosen = places.map { secrets[$0] }
        return SecretList(chosen[0], Array(chosen.dropFirst()))
    }

    @Test func `a value opens with every list that has its secret, and with no other`() {
        #expect(lists.count == 4 + 12 + 24 + 24)
        for sealing in lists {
            let sealed = SealingKeys(list(sealing), purpose: "test")
                .seal(Array("value".utf8), for: "row", random: random)
            #expect(sealed.starts(with: [2] + list(sealing).ids[0].bytes))
            for opening in lists {
                let keys = SealingKeys(list(opening), purpose: "test")
                let opened = keys.open(sealed, for: "row") == Array("value".utf8)
                #expect(opened == opening.contains(sealing[0]), "\(sealing) \(opening)")
                #expect(keys.open(sealed, for: "other row") == nil)
            }
        }
    }

    @Test func `a tag verifies with every list that has its secret, and with no other`() {
        let message = Array("message".utf8)
        for signing in lists {
            let tag = MACKeys(list(signing), purpose: "test").authenticate(message)
            for verifying in lists {
                let keys = MACKeys(list(verifying), purpose: "test")
                #expect(
                    keys.position(of: tag, over: message)
                        == verifying.firstIndex(of: signing[0]), "\(signing) \(verifying)")
                #expect(!keys.verify(tag, of: Array("other message".utf8)))
                #expect(!keys.verify(Array(tag.prefix(16)), of: message))
                #expect(
                    keys.verify(Array(tag.prefix(16)), of: message, length: 16)
                        == verifying.contains(signing[0]))
            }
        }
    }

    /// Made with another implementation: codes and links from before lists must stay valid.
    @Test func `the tag of a list's first secret does not change`() {
        let keys = MACKeys(SecretList(Array(0..<32), [secrets[0]]), purpose: "test")
        #expect(
            hex(keys.authenticate(Array("message".utf8)))
                == "5b4c0b57df84cb397c74ecbe7cc38b341bcafee6de105d6a201289566e0220e6")
        #expect(keys.all([]).count == 2 && keys.all([])[0] == keys.authenticate([]))
    }

    @Test func `verifying computes with all keys, whichever made the tag`() {
        for right in [0, 1, 2, nil] {
            var computed: [Int] = []
            let found = MACKeys.position(of: [1], among: [0, 1, 2]) { key in
                computed.append(key)
                return [key == right ? 1 : 0]
            }
            #expect(found == right && computed.sorted() == [0, 1, 2])
        }
    }

    @Test func `a value of the earlier form opens with any secret, and is sealed anew`() throws {
        // As `SealingKey` made it before values said which secret sealed them.
        let cipher = try #require(
            ChaCha20Poly1305(
                key: HKDF.derive(
                    secrets[2], info: Array("latchkey sealing: test".utf8), count: 32)))
        let nonce = ChaCha20Poly1305.Nonce(random: random)
        let earlier =
            [1] + nonce.bytes
            + cipher.seal([7, 8], nonce: nonce, context: [1] + Array("row".utf8))
        for places in lists {
            let keys = SealingKeys(list(places), purpose: "test")
            let resealed = keys.reseal(earlier, for: "row", random: random)
            #expect((resealed != nil) == places.contains(2), "\(places)")
            #expect(keys.open(earlier, for: "row") == (places.contains(2) ? [7, 8] : nil))
            guard let resealed else { continue }
            #expect(resealed.starts(with: keys.prefix))
            #expect(keys.open(resealed, for: "row") == [7, 8])
        }
        #expect(SealingKey.keyID(inPrefix: earlier) == nil)
    }

    @Test func `an id names a secret and does not contain it`() {
        let ids = SecretList(secrets[0], Array(secrets.dropFirst())).ids
        #expect(Set(ids).count == 4 && ids.allSatisfy { $0.bytes.count == KeyID.length })
        #expect(KeyID(of: Array(0..<32)).description == "491562c8")
        let sealed = SealingKeys(list([1]), purpose: "x").seal([], for: "", random: random)
        #expect(SealingKey.keyID(inPrefix: sealed) == ids[1])
        #expect(SealingKey.prefix(of: ids[1]) == SealingKeys(list([1]), purpose: "y").prefix)
        for short in 0..<SealingKey.prefixLength {
            #expect(SealingKey.keyID(inPrefix: Array(sealed.prefix(short))) == nil)
        }
    }

    @Test func `descriptions of lists and keys reveal nothing`() {
        let secret = Array("visible-visible-visible-visible!".utf8)
        let list = SecretList(secret, [secret])
        let keys = MACKeys(list, purpose: "x")
        var text = "\(list) \(String(reflecting: [list])) \(keys) \(String(reflecting: [keys]))"
        dump(list, to: &text)
        dump(keys, to: &text)
        #expect(!text.contains("118") && !text.contains("visible") && !text.contains("SHA256"))
    }
}
