import Contract
import GatewayContract
import Kernel
import SQLite

/// Finds users by names that a caller chose, and limits how many unknown names each caller can try:
/// otherwise a list of addresses could be tested for users as fast as requests are answered.
///
/// Once the limit is reached nothing is looked up for the caller until their day has passed, not
/// even names of users: a refusal that depended on the name would reveal what the response must
/// not. The look-up that reaches the limit is answered, so a caller can exceed it by one request.
/// The count survives a restart.
struct UnknownUsers: Sendable {
    static let windowSeconds: Int64 = 24 * 60 * 60

    let database: Database
    /// Unknown names of one caller in a day; 0: no limit.
    let limit: Int
    let clock: any Clock

    func find(_ query: FindUsersQuery) async throws -> FindUsersReply {
        let reply = try database.read { try lookUp(query, at: clock.now(), in: $0) }
        let unknown = query.names.unknown(besides: reply.users)
        guard reply.retryAfter == nil, unknown > 0, limit > 0 else { return reply }
        // Decided here: look-ups at the same time may have reached the limit.
        return try await database.write { tx in
            let stored = try UnknownUserStore.count(of: query.callerId, in: tx)
            let count = stored?.redated(to: tx.now)
            if let seconds = wait(count, at: tx.now) {
                if let count, count != stored {
                    try UnknownUserStore.save(count, of: query.callerId, in: tx)
                }
                return FindUsersReply(retryAfter: seconds)
            }
            let next = (count ?? UnknownUserCount(since: tx.now)).adding(unknown, at: tx.now)
            try UnknownUserStore.save(next, of: query.callerId, in: tx)
            return reply
        }
    }

    private func lookUp(
        _ query: FindUsersQuery, at now: Timestamp, in db: Reader
    ) throws -> FindUsersReply {
        let count = try UnknownUserStore.count(of: query.callerId, in: db)
        if let seconds = wait(count, at: now) { return FindUsersReply(retryAfter: seconds) }
        return FindUsersReply(users: try DirectoryStore.profiles(query.names, in: db))
    }

    /// Seconds until the caller can name users again; nil if they can now.
    private func wait(_ count: UnknownUserCount?, at now: Timestamp) -> Int? {
        // A day that begins later is redated by the next write, and not waited for.
        guard limit > 0, let count, count.names >= limit, count.isCurrent(at: now),
            count.redated(to: now) == count
        else { return nil }
        let elapsed = max(0, now.milliseconds - count.since.milliseconds)
        return Int((Self.windowSeconds * 1_000 - elapsed + 999) / 1_000)
    }
}

/// A caller's unknown names in their current day.
struct UnknownUserCount: Sendable, Equatable {
    /// When the day began, with the first of the names.
    var since: Timestamp
    var names = 0

    func isCurrent(at now: Timestamp) -> Bool {
        now < since.adding(seconds: UnknownUsers.windowSeconds)
    }

    /// A day that began after now was dated by a clock that ran ahead: it begins now. The time of a
    /// write can be ahead of the clock by a second.
    func redated(to now: Timestamp) -> UnknownUserCount {
        var count = self
        if since > now.adding(seconds: 1) { count.since = now }
        return count
    }

    func adding(_ more: Int, at now: Timestamp) -> UnknownUserCount {
        var next = isCurrent(at: now) ? self : UnknownUserCount(since: now)
        next.names += more
        return next
    }
}

extension DirectoryQuery {
    /// How many different names belong to none of `profiles`.
    fileprivate func unknown(besides profiles: [UserProfile]) -> Int {
        func count(_ names: [String]?, _ key: KeyPath<UserProfile, String>) -> Int {
            Set(names ?? []).subtracting(profiles.map { $0[keyPath: key] }).count
        }
        return count(ids, \.id) + count(emails, \.email) + count(usernames, \.username)
    }
}
