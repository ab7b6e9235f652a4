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
    private let named: LastReads<NamedUser>

    init(database: Database, limit: Int, clock: any Clock) {
        self.database = database
        self.limit = limit
        self.clock = clock
        named = LastReads(database)
    }

    func find(_ query: FindUsersQuery) async throws -> FindUsersReply {
        let found = try await find(for: query.callerId) {
            let users = try DirectoryStore.profiles(query.names, in: $0)
            return (users, unknown: query.names.unknown(besides: users))
        }
        switch found {
        case .users(let users): return FindUsersReply(users: users)
        case .refused(let seconds): return FindUsersReply(retryAfter: seconds)
        }
    }

    /// Users by their external ids, for requests that name them so.
    /// - Throws: 429 beyond the caller's limit. A platform admin's token, which can list all
    ///   users, has no limit.
    func find(externalIds: [String], for caller: Caller) async throws -> [String: NamedUser] {
        guard !caller.hasAdminToken else {
            return try database.read { try DirectoryStore.users(externalIds: externalIds, in: $0) }
        }
        let found = try await find(for: caller.userId) {
            let users = try DirectoryStore.users(externalIds: externalIds, in: $0)
            return (users, unknown: externalIds.count - users.count)
        }
        switch found {
        case .users(let users): return users
        case .refused(let seconds): throw Fault.tooManyUnknownUsers(retryAfter: seconds)
        }
    }

    /// The same for one; nil if it is unknown and has to be counted.
    func findNow(externalId: String, for caller: Caller) throws -> NamedUser?? {
        if caller.hasAdminToken || limit == 0 {
            return .some(
                try named.value(externalId) {
                    try DirectoryStore.user(externalId: externalId, in: $0)
                })
        }
        let now = clock.now()
        return try database.read { db in
            let count = try UnknownUserStore.count(of: caller.userId, in: db)
            if let seconds = wait(count, at: now) {
                throw Fault.tooManyUnknownUsers(retryAfter: seconds)
            }
            return try DirectoryStore.user(externalId: externalId, in: db).map { .some($0) }
        }
    }

    /// What was found, or for how many seconds nothing is.
    private enum Found<Users: Sendable>: Sendable {
        case users(Users)
        case refused(Int)
    }

    /// - Parameter lookUp: the users, and how many names belong to none.
    private func find<Users: Sendable>(
        for callerId: String, _ lookUp: (Reader) throws -> (Users, unknown: Int)
    ) async throws -> Found<Users> {
        let now = clock.now()
        let (found, unknown) = try database.read { db -> (Found<Users>, Int) in
            let count = try UnknownUserStore.count(of: callerId, in: db)
            if let seconds = wait(count, at: now) { return (.refused(seconds), 0) }
            let (users, unknown) = try lookUp(db)
            return (.users(users), unknown)
        }
        guard unknown > 0, limit > 0 else { return found }
        // Decided here: look-ups at the same time may have reached the limit.
        return try await database.write { tx in
            let stored = try UnknownUserStore.count(of: callerId, in: tx)
            let count = stored?.redated(to: tx.now)
            if let seconds = wait(count, at: tx.now) {
                if let count, count != stored {
                    try UnknownUserStore.save(count, of: callerId, in: tx)
                }
                return .refused(seconds)
            }
            let next = (count ?? UnknownUserCount(since: tx.now))
                .adding(unknown, at: tx.now)
            try UnknownUserStore.save(next, of: callerId, in: tx)
            return found
        }
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
    /// How many different names belong to none of `profiles`. External ids were counted when their
    /// request came in (`UserNames`).
    fileprivate func unknown(besides profiles: [UserProfile]) -> Int {
        func count(_ names: [String]?, _ key: KeyPath<UserProfile, String>) -> Int {
            Set(names ?? []).subtracting(profiles.map { $0[keyPath: key] })
                .count { !$0.hasPrefix(ExternalID.prefix) }
        }
        return count(ids, \.id) + count(emails, \.email) + count(usernames, \.username)
    }
}
