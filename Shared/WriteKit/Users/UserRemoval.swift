import Contract
import Kernel
import SQLite

/// Why and for whom a context takes back all that a user was given, and passes on all that they
/// own: the user was deleted, or offboarded. The work is the same; what a context keeps of a
/// deleted user besides (a tombstone) is up to it.
public struct UserRemoval: Sendable, Equatable {
    /// Kinds of jobs. Queries that hide what such a job has not reached yet name them (`hiding`).
    static let deleted = "user.deleted"
    static let offboarded = "user.offboarded"

    /// `usr_…`
    public let userId: String
    /// Who caused it, and gets what has no other successor.
    public let admin: EventActor
    /// nil: the user was deleted.
    public let offboarding: Offboarding?

    public init(userId: String, by admin: EventActor, offboarding: Offboarding? = nil) {
        self.userId = userId
        self.admin = admin
        self.offboarding = offboarding
    }

    /// The kind of the job.
    public var kind: String { offboarding == nil ? Self.deleted : Self.offboarded }
    /// For the audit.
    public var actor: Caller { admin.caller }
    /// Whether the account is deleted, too.
    public var isDeletion: Bool { offboarding == nil }

    /// Begins it, in the transaction of its event: from now on, what the user had counts for
    /// nothing, and what they get counts.
    public func begin(in tx: Transaction) throws {
        try Regrants.deleteAll(of: userId, in: tx)
        if isDeletion {
            try Tombstone.user.insert(userId, in: tx)
        } else {
            try OffboardingStore.insert(self, in: tx)
        }
    }

    /// Adds what a slice did, in its transaction.
    /// - Returns: `isDone`.
    public func record(
        _ counts: OffboardingCounts, isDone: Bool, in tx: Transaction
    ) throws -> Bool {
        if let offboarding {
            try OffboardingStore.add(counts, to: offboarding.operationId, in: tx)
            if isDone { try OffboardingStore.finish(offboarding.operationId, in: tx) }
        }
        return isDone
    }

    /// What ends a user's access, but not their account. Stored in jobs, so the names of its
    /// members are permanent.
    public struct Offboarding: Codable, Sendable, Equatable {
        /// `opr_…`
        public let operationId: String
        /// The user's address: invitations to it are revoked.
        public let email: String

        public init(operationId: String, email: String) {
            self.operationId = operationId
            self.email = email
        }
    }
}

extension UserRemoval {
    /// The condition that a user has lost what they had of a thing although its rows are left: a
    /// job that removes the user waits or runs, and they did not get the thing since (`Regrants`).
    /// - Parameters:
    ///   - user: the column or parameter with the user's id.
    ///   - thing: the same for the thing's id.
    public static func hiding(_ user: SQL.Parts, _ thing: SQL.Parts) -> SQL.Parts {
        "(\(isRunning(user)) AND NOT \(regranted(user, thing)))"
    }

    /// The condition that a user got a thing since their removal began.
    public static func regranted(_ user: SQL.Parts, _ thing: SQL.Parts) -> SQL.Parts {
        "EXISTS (SELECT 1 FROM regrants WHERE grantee = \(user) AND thing = \(thing))"
    }

    /// The same as `hiding`, of one pair.
    public static func hides(
        _ thing: String, from userId: String, in db: some Queryable
    ) throws -> Bool {
        try db.row(isHidden, .text(userId), .text(thing)) { $0.bool(0) } ?? false
    }

    private static let isHidden = SQL("SELECT \(hiding("?1", "?2"))")

    /// The offboarding that hides a thing from a user; nil if none does.
    public static func hidden(
        _ thing: String, from userId: String, in db: some Queryable
    ) throws -> UserRemoval? {
        guard try JobStore.waits(offboarded, userId, in: db),
            try hides(thing, from: userId, in: db)
        else { return nil }
        return try OffboardingStore.latest(of: userId, in: db)
    }

    /// The condition that a job that removes the user waits or runs. SQLite would make a table of
    /// the kinds of an `IN` each time, which costs as much as the rest of a look-up.
    public static func isRunning(_ user: SQL.Parts) -> SQL.Parts {
        """
        (EXISTS (SELECT 1 FROM jobs WHERE kind = 'user.deleted' AND subject = \(user))
            OR EXISTS (SELECT 1 FROM jobs WHERE kind = 'user.offboarded' AND subject = \(user)))
        """
    }

    /// The same of one user.
    public static func isRunning(for userId: String, in db: some Queryable) throws -> Bool {
        try JobStore.waits(deleted, userId, in: db) || JobStore.waits(offboarded, userId, in: db)
    }

    /// Before a write gives a user something of a thing: if an offboarding has not reached what
    /// they had of it, that is taken back now, so that the rest of the job keeps its hands off what
    /// they get.
    /// - Parameter takeBack: takes back all that the user has of this thing.
    public static func settle(
        _ userId: String, on thing: String, in tx: Transaction,
        _ takeBack: (UserRemoval, inout OffboardingCounts) throws -> Void
    ) throws {
        guard try JobStore.waits(offboarded, userId, in: tx),
            let removal = try OffboardingStore.latest(of: userId, in: tx),
            try Regrants.insert(thing, to: userId, in: tx)
        else { return }
        var counts = OffboardingCounts()
        try takeBack(removal, &counts)
        _ = try removal.record(counts, isDone: false, in: tx)
    }
}
