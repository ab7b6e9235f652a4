import Contract
import GatewayContract
import Kernel
import SQLite

/// Finds users by names that a caller has chosen, and bounds how many of those names nobody has:
/// otherwise a list of addresses is told apart into users and others as fast as requests are
/// answered.
///
/// Once the limit is reached nothing is looked up for the caller until their day has passed, names
/// of users included: a refusal that depended on the name would tell what the answer must not. The
/// look-up that reaches the limit is answered whole, so a caller can learn of one request's names
/// more. What is counted survives a restart.
struct UnknownUsers: Sendable {
    static let windowSeconds: Int64 = 24 * 60 * 60

    let database: Database
    /// Unknown names of one caller in a day; 0 for no limit.
    let limit: Int
    let clock: any Clock

    func find(_ query: FindUsersQuery) async throws -> FindUsersReply {
        let answer = try database.read { try look(query, at: clock.now(), in: $0) }
        let unknown = query.names.unknown(besides: answer.users)
        guard answer.retryAfter == nil, unknown > 0, limit > 0 else { return answer }
        // Decided here: what ran beside this look-up may have reached the limit.
        return try await database.write { tx in
            let kept = try UnknownUserStore.count(of: query.callerId, in: tx)
            let count = kept?.redated(to: tx.now)
            if let seconds = wait(count, at: tx.now) {
                if let count, count != kept {
                    try UnknownUserStore.save(count, of: query.callerId, in: tx)
                }
                return FindUsersReply(retryAfter: seconds)
            }
            let next = (count ?? UnknownUserCount(since: tx.now)).adding(unknown, at: tx.now)
            try UnknownUserStore.save(next, of: query.callerId, in: tx)
            return answer
        }
    }

    private func look(
        _ query: FindUsersQuery, at now: Timestamp, in db: Reader
    ) throws -> FindUsersReply {
        let count = try UnknownUserStore.count(of: query.callerId, in: db)
        if let seconds = wait(count, at: now) { return FindUsersReply(retryAfter: seconds) }
        return FindUsersReply(users: try DirectoryStore.profiles(query.names, in: db))
    }

    /// Seconds until the caller can name users again; nil if they can now.
    private func wait(_ count: UnknownUserCount?, at now: Timestamp) -> Int? {
        // One that begins later is redated by the next write: nobody waits for its time.
        guard limit > 0, let count, count.names >= limit, count.isCurrent(at: now),
            count.redated(to: now) == count
        else { return nil }
        let elapsed = max(0, now.milliseconds - count.since.milliseconds)
        return Int((Self.windowSeconds * 1_000 - elapsed + 999) / 1_000)
    }
}

/// How many names that nobody has a caller has given in their current day.
struct UnknownUserCount: Sendable, Equatable {
    /// When the day began: with the first of the names.
    var since: Timestamp
    var names = 0

    func isCurrent(at now: Timestamp) -> Bool {
        now < since.adding(seconds: UnknownUsers.windowSeconds)
    }

    /// A day that began after now was dated by a clock that ran ahead: it begins now. By a second
    /// the time of a write may be ahead of the clock.
    func redated(to now: Timestamp) -> UnknownUserCount {
        var count = self
        if since > now.adding(seconds: 1) { count.since = now }
        return count
    }

    func adding(_ more: Int, at now: Timestamp) -> UnknownUserCount {
        var next = isCurrent(at: now) ? self : UnknownUserCount(since: now)
        // A day that began in the future was dated by a clock that ran ahead.
        next.since = min(next.since, now)
        next.names += more
        return next
    }
}

extension DirectoryQuery {
    /// How many different names are those of none of `profiles`.
    fileprivate func unknown(besides profiles: [UserProfile]) -> Int {
        func count(_ names: [String]?, _ key: KeyPath<UserProfile, String>) -> Int {
            Set(names ?? []).subtracting(profiles.map { $0[keyPath: key] }).count
        }
        return count(ids, \.id) + count(emails, \.email) + count(usernames, \.username)
    }
}
