import HTTPCore
import Kernel
import SQLite
import ServiceKit

/// Finds the caller of a bearer token (RFC 6750 §2.1). One for each loop: it caches tokens by their
/// SHA-256 for a second, so that a caller's next request needs no query.
final class BearerAuthenticator: Authenticator {
    /// A valid token, and the identities made for it on this loop.
    final class Known: Session, @unchecked Sendable {  // used on its loop alone
        let caller: Caller
        /// Also a lower bound: the clock may be set back.
        let since: Timestamp
        let until: Timestamp
        /// The key of the token's bucket.
        let limitKey: UInt64
        /// Identities for services, by the service's index, and until when they can be sent.
        private var identities: [(line: [UInt8], since: Timestamp, until: Timestamp)?]
        private let slot = ThreadSlot.current

        init(
            _ caller: Caller, since: Timestamp, until: Timestamp, limitKey: UInt64, services: Int
        ) {
            self.caller = caller
            self.since = since
            self.until = until
            self.limitKey = limitKey
            identities = [(line: [UInt8], since: Timestamp, until: Timestamp)?](
                repeating: nil, count: services)
        }

        /// The line with the identity for the service with `index`; a new one if there is none that
        /// can be sent now.
        func identity(
            _ index: Int, now: Timestamp, _ make: () -> (line: [UInt8], until: Timestamp)
        ) -> [UInt8] {
            assert(slot == ThreadSlot.current, "touched off its event loop")
            if let made = identities[index], made.since <= now, made.until > now {
                return made.line
            }
            let fresh = make()
            identities[index] = (fresh.line, now, fresh.until)
            return fresh.line
        }
    }

    /// Bounds the memory of a loop; beyond it the cache is emptied.
    private static let maximumSessions = 50_000
    /// `lastUsedAt` is written at most once a minute.
    private static let usedMilliseconds: Int64 = 60_000

    private let lookup: TokenLookup
    private let internalAuthenticator: IdentityAuthenticator
    private let serviceCount: Int
    private var sessions: [SHA256.Digest: Known] = [:]
    private var generation = 0
    private var lastRecorded: [String: Timestamp] = [:]

    init(_ lookup: TokenLookup, internal: IdentityAuthenticator, services: Int) {
        self.lookup = lookup
        internalAuthenticator = `internal`
        serviceCount = services
    }

    func service(_ head: RequestHead) throws(Fault) { try internalAuthenticator.service(head) }

    func again(_ head: RequestHead, _ session: any Session) throws(Fault) -> any Session {
        try user(head)
    }

    func user(_ head: RequestHead) throws(Fault) -> any Session {
        // The parser refuses a second Authorization field. Other schemes count as none.
        let digest = head.fields.withValue(.authorization) { Self.digest($0) }
        guard let digest, let digest else { throw .unauthenticated }
        guard let digest else { throw .invalidToken }
        let current = lookup.generation
        if current != generation {
            sessions.removeAll(keepingCapacity: true)
            generation = current
        }
        let now = lookup.clock.now()
        if let session = sessions[digest], session.since <= now, session.until > now {
            return session
        }
        let session = try load(digest, now)
        if sessions.count >= Self.maximumSessions { sessions.removeAll() }
        sessions[digest] = session
        return session
    }

    private func load(_ digest: SHA256.Digest, _ now: Timestamp) throws(Fault) -> Known {
        let found: (caller: Caller, expiresAt: Timestamp?)?
        do {
            found = try lookup.database.read { try TokenStore.caller(digest: digest.bytes, in: $0) }
        } catch {
            throw (error as? DatabaseError)?.fault ?? .unexpected("\(error)")
        }
        guard let found, found.expiresAt.map({ $0 > now }) ?? true else {
            sessions[digest] = nil
            throw .invalidToken
        }
        recordUse(of: found.caller.tokenId, now)
        let fresh = Timestamp(milliseconds: now.milliseconds + TokenLookup.freshMilliseconds)
        return Known(
            found.caller, since: now, until: min(fresh, found.expiresAt ?? fresh),
            limitKey: PublicGate.limitKey(digest), services: serviceCount)
    }

    private func recordUse(of tokenId: String, _ now: Timestamp) {
        // One after now was recorded by a clock that ran ahead.
        if let last = lastRecorded[tokenId], last <= now,
            now < last.adding(milliseconds: Self.usedMilliseconds)
        {
            return
        }
        if lastRecorded.count >= Self.maximumSessions { lastRecorded.removeAll() }
        lastRecorded[tokenId] = now
        lookup.recordUse(of: tokenId, at: now)
    }

    /// The SHA-256 of a token with the right form and checksum; nil inside for malformed tokens,
    /// nil for other schemes.
    private static func digest(_ value: UnsafeRawBufferPointer) -> SHA256.Digest?? {
        let scheme = "bearer".utf8
        guard value.count >= scheme.count, zip(value, scheme).allSatisfy({ $0 | 0x20 == $1 }),
            value.count == scheme.count || value[scheme.count] == UInt8(ascii: " ")
        else { return nil }
        // RFC 9110 §11.4: one space or more.
        let rest = value[scheme.count...].drop { $0 == UInt8(ascii: " ") }
        let token = UnsafeRawBufferPointer(rebasing: rest)
        return .some(APIToken.isWellFormed(token) ? SHA256.hash(token) : nil)
    }
}
