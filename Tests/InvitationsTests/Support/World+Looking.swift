import Contract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import Mail
@testable import PublicEvents
@testable import Workspaces

/// What a world looks like after something was done.
extension World {
    func token(_ invitation: Invitation) -> String { useCases.secrets.token(of: invitation) }

    /// The claim in the newest mail of an invitation.
    func claim(_ invitation: Invitation) throws -> String {
        let mail = try mail(invitation)
        guard let found = mail.firstMatch(of: Self.claimLink) else {
            throw Fault.unexpected("no claim in \(mail)")
        }
        return String(found.1)
    }

    /// The newest mail of an invitation, readable.
    func mail(_ invitation: Invitation) throws -> String {
        let mail = try find(invitation).flatMap { found in
            try found.mailId.flatMap { id in try database.read { try MailStore.load(id, in: $0) } }
        }
        guard let mail, let opened = outbox.open(mail.sealed, id: mail.id) else {
            throw Fault.unexpected("no mail")
        }
        return Self.readable(opened.bytes)
    }

    /// Quoted-printable without its soft line breaks.
    static func readable(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).replacing("=\r\n", with: "")
            .replacing("=3D", with: "=").replacing("=2E", with: ".")
    }

    static var claimLink: Regex<(Substring, Substring)> {
        /claim\?claim=(inv_[0-9A-Z]{26}\.[A-Za-z0-9_-]{43})/
    }

    func find(_ invitation: Invitation) throws -> Invitation? {
        try database.read { try InvitationStore.find(invitation.id, in: $0) }
    }

    func status(_ invitation: Invitation) throws -> InvitationStatus? {
        try find(invitation)?.status
    }

    /// User → role.
    func collaborators(of entityId: String) throws -> [String: CollaboratorRole] {
        let all = try database.read {
            try CollaboratorStore.some(of: entityId, limit: .max, in: $0)
        }
        return Dictionary(all.map { ($0.userId, $0.role) }) { first, _ in first }
    }

    /// What the audit tells of an entity, the oldest first.
    func actions(_ entityId: String) throws -> [String] {
        try audit(entityId).map(\.action)
    }

    func audit(_ entityId: String) throws -> [AuditEntryBody] {
        var entries: [AuditEntryBody] = []
        while true {
            let before = entries.last.map { AuditCursor(at: $0.at, id: $0.id) }
            let part = try context.auditTail(
                AuditTailQuery(
                    filter: AuditFilter(about: entityId), limit: AuditLimits.answer,
                    before: before)
            ).entries
            entries += part
            if part.count < AuditLimits.answer { return entries.reversed() }
        }
    }

    /// `invitation.sent > usr_ada` and the like, the oldest first: of invitations and members, for
    /// somebody.
    func events() throws -> [String] {
        try database.read { db in
            try db.rows(
                """
                SELECT type || ' > ' || recipient FROM events WHERE number > 0
                    AND recipient IS NOT NULL AND type IN (SELECT value FROM json_each(?1))
                ORDER BY number
                """, .texts(InvitationEvents.all + WorkspaceEvents.all)
            ) { $0.text(0) }
        }
    }

    /// What these events hold.
    func eventData() throws -> [JSONValue] {
        try database.read { db in
            try db.rows(
                """
                SELECT data FROM events WHERE number > 0
                    AND recipient IS NOT NULL AND type IN (SELECT value FROM json_each(?1))
                ORDER BY number
                """, .texts(InvitationEvents.all + WorkspaceEvents.all)
            ) { JSONValue(Array($0.text(0).utf8)) ?? .null }
        }
    }

    /// The types of all events, the oldest first.
    func eventTypes() throws -> [String] {
        try database.read { db in
            try db.rows("SELECT type FROM events WHERE number > 0 ORDER BY number") { $0.text(0) }
        }
    }
}
