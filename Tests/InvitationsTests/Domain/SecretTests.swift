import InvitationsContract
import Kernel
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The secrets that lead to an invitation.
@Suite struct SecretTests {
    let secrets = InvitationSecrets(SecretList([UInt8](repeating: 1, count: 32)))

    private func invitation(
        _ id: String = "inv_01JHMZ0000000000000000000A", generation: Int = 1
    ) -> Invitation {
        let time = Timestamp(milliseconds: 0)
        var invitation = Invitation(
            id: id, entityId: "ent_1", email: "bob@example.com", role: .viewer,
            status: .pending, invitedBy: "usr_ada", message: nil, days: 7, expiresAt: time,
            createdAt: time)
        invitation.generation = generation
        return invitation
    }

    @Test func `a token belongs to one invitation and generation`() {
        let first = invitation()
        let token = secrets.token(of: first)
        #expect(token.hasPrefix(first.id + ".") && token.utf8.count == 30 + 1 + 43)
        #expect(secrets.match(token, first) == .current)
        #expect(secrets.match(token, invitation(generation: 2)) == .former)
        #expect(secrets.match(token, invitation(generation: 6)) == .former)
        let later = secrets.token(of: invitation(generation: 2))
        #expect(later != token)
        // The next generation, which hasn't been sent.
        #expect(secrets.match(later, first) == .none)
        #expect(
            secrets.match(token, invitation("inv_01JHMZ0000000000000000000B")) == .none)
    }

    @Test func `another installation makes different tokens`() {
        let other = InvitationSecrets(SecretList([UInt8](repeating: 2, count: 32)))
        #expect(secrets.match(other.token(of: invitation()), invitation()) == .none)
        // They differ from a plain MAC with the secret.
        let plain = HMACSHA256(key: [UInt8](repeating: 1, count: 32))
        let tag = plain.authenticate(Array("\(invitation().id)\n1".utf8))
        #expect(
            secrets.match("\(invitation().id).\(Base64URL.encode(tag))", invitation()) == .none)
    }

    @Test func `a link outlives the secret that made it, once it is stored anew`() {
        let (one, two, three) = (
            [UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32),
            [UInt8](repeating: 3, count: 32)
        )
        let both = InvitationSecrets(SecretList(two, [one]))
        let last = InvitationSecrets(SecretList(three, [two]))
        // From before the maker was stored, and with it.
        for linkKey in [[], secrets.linkKey] {
            var invitation = invitation(generation: 2)
            invitation.linkKey = linkKey
            let token = secrets.token(of: invitation)
            #expect(both.match(token, invitation) == .current)
            #expect(both.token(of: invitation) != token)
            #expect(last.match(token, invitation) == .none)
            invitation.linkKey = both.renewed(
                linkKey, of: invitation.id, generation: invitation.generation)
            #expect(invitation.linkKey.starts(with: both.linkKey))
            #expect(invitation.linkKey.count == both.linkKey.count + 32)
            #expect(last.match(token, invitation) == .current)
            // Once more: the link that the API showed meanwhile stays valid, too.
            let shown = both.token(of: invitation)
            invitation.linkKey = last.renewed(
                invitation.linkKey, of: invitation.id, generation: invitation.generation)
            let only = InvitationSecrets(SecretList(three))
            for token in [token, shown, last.token(of: invitation)] {
                #expect(only.match(token, invitation) == .current)
                #expect(only.match(token + "A", invitation) == .none)
            }
            // Those of another generation or invitation do not.
            #expect(only.match(both.token(of: self.invitation()), invitation) == .none)
        }
    }

    @Test func `a link keeps the digests of a bounded number of former secrets`() {
        var linkKey: [UInt8] = []
        for number in 1...20 as ClosedRange<UInt8> {
            let secrets = InvitationSecrets(
                SecretList(
                    [UInt8](repeating: number + 1, count: 32),
                    [[UInt8](repeating: number, count: 32)]))
            linkKey = secrets.renewed(linkKey, of: invitation().id, generation: 1)
        }
        #expect(linkKey.count == SealingKey.prefixLength + 32 * SecretList.maximum)
    }

    @Test func `a truncated, changed or extended token is refused`() {
        let token = secrets.token(of: invitation())
        for length in 0..<token.utf8.count {
            #expect(secrets.match(String(token.prefix(length)), invitation()) == .none)
        }
        for index in token.indices {
            var forged = token
            let other = token[index] == "A" ? "B" : "A"
            forged.replaceSubrange(index...index, with: other)
            #expect(secrets.match(forged, invitation()) == .none)
        }
        for more in ["A", "=", " ", "\n", "\u{0}", ".", "\u{301}"] {
            #expect(secrets.match(token + more, invitation()) == .none)
        }
        #expect(secrets.match(token.lowercased(), invitation()) == .none)
    }

    @Test func `only a well-formed id is read from a secret`() {
        let token = secrets.token(of: invitation())
        #expect(InvitationSecrets.id(in: token) == invitation().id)
        #expect(InvitationSecrets.id(in: invitation().id) == invitation().id)
        for text in [
            "", ".", "inv_.x", "ent_01JHMZ0000000000000000000A.x", "' OR 1=1 --.x",
            "inv_01jhmz0000000000000000000a.x", "inv_01JHMZ0000000000000000000A\u{301}.x",
            String(repeating: "9", count: 100_000),
        ] {
            #expect(InvitationSecrets.id(in: text) == nil)
        }
    }

    @Test func `a claim is random, and only its digest is stored`() {
        let random = SystemRandom()
        var mailed = invitation()
        let claim = InvitationSecrets.makeClaim(of: mailed.id, random)
        let other = InvitationSecrets.makeClaim(of: mailed.id, random)
        #expect(claim != other && claim.utf8.count == 30 + 1 + 43)
        // Without an e-mail there is no claim, not even an empty one.
        for text in ["", claim, mailed.id, mailed.id + "."] {
            #expect(!InvitationSecrets.matches(text, mailed))
        }
        mailed.claimDigest = InvitationSecrets.digest(claim)
        #expect(InvitationSecrets.matches(claim, mailed))
        #expect(!InvitationSecrets.matches(other, mailed))
        #expect(!InvitationSecrets.matches(claim + " ", mailed))
        #expect(!InvitationSecrets.matches(String(claim.dropLast()), mailed))
        mailed.claimDigest = InvitationSecrets.digest(other)
        #expect(!InvitationSecrets.matches(claim, mailed))
    }

    @Test func `a token is no claim, and a claim is no token`() {
        var mailed = invitation()
        let claim = InvitationSecrets.makeClaim(of: mailed.id, SystemRandom())
        mailed.claimDigest = InvitationSecrets.digest(claim)
        #expect(secrets.match(claim, mailed) == .none)
        #expect(!InvitationSecrets.matches(secrets.token(of: mailed), mailed))
    }
}
