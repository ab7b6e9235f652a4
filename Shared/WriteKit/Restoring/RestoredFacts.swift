import Contract
import Kernel
import SQLite

/// What a restored database says about the things of other contexts, and about its own as far as
/// others keep them: so that databases of different moments can agree (`Restoration`).
public struct RestoredFacts: Codable, Sendable {
    /// Ids of its own things, by what their tombstones are called.
    public var owned: [String: [String]] = [:]
    /// Ids of others' things for which it has rows.
    public var references: [String: [String]] = [:]
    /// Ids of others' things that it knows as deleted.
    public var tombstones: [String: [String]] = [:]
    /// Memberships on which rights of its own rest.
    public var memberships: [MembershipReference] = []
    /// Names and owners of entities, as it was notified of them.
    public var entities: [EntityCopy] = []
    /// Users that are suspended, as far as it knows.
    public var suspended: [String] = []
    /// Offboardings whose event it has received.
    public var offboardings: [String] = []
    /// When its last change was; nil: there was none.
    public var lastChange: Timestamp?
    /// Gateway: the platform admin of longest standing.
    public var admin: String?

    /// Those that all contexts have in the same tables.
    public init(of db: some Queryable) throws {
        lastChange = try db.row("SELECT max(at) FROM audit") { $0.timeOrNil(0) } ?? nil
    }

    /// Adds what contexts keep that receive events.
    public mutating func addReceived(from db: some Queryable) throws {
        for (kind, id) in try db.rows(
            "SELECT kind, id FROM tombstones", map: { ($0.text(0), $0.text(1)) })
        {
            tombstones[kind, default: []].append(id)
        }
        suspended = try db.rows("SELECT id FROM suspended_users") { $0.text(0) }
        offboardings = try db.rows("SELECT operation_id FROM offboardings") { $0.text(0) }
    }

    /// A membership of another context, as a right refers to it.
    public struct MembershipReference: Codable, Sendable {
        /// Of the membership.
        public let id: String
        /// In which it is one.
        public let organizationId: String
        /// Whose it is.
        public let userId: String

        public init(id: String, organizationId: String, userId: String) {
            self.id = id
            self.organizationId = organizationId
            self.userId = userId
        }
    }

    /// What another context shows of an entity. nil: nothing is kept of it.
    public struct EntityCopy: Codable, Sendable {
        /// `ent_…`
        public let id: String
        /// As it is shown.
        public let name: String?
        /// Who receives its events.
        public let ownerId: String?
        /// The newest of the entity's own times that it has seen.
        public let seenAt: Timestamp

        public init(id: String, name: String?, ownerId: String?, seenAt: Timestamp) {
            self.id = id
            self.name = name
            self.ownerId = ownerId
            self.seenAt = seenAt
        }
    }
}
