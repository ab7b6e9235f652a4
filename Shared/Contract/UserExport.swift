import Kernel

/// What a service has of a user, in parts; an internal route of each service.
public enum ExportRoutes {
    /// `POST` `ExportQuery` → `ExportReply`.
    public static let part = Endpoint(
        "exportUserPart", .post, "/internal/users/export", access: .service, readsOnly: true,
        summary: "Export a part of what the service has of a user")
}

/// Asks for the next part.
public struct ExportQuery: Codable, Sendable {
    /// Whose data it is.
    public let userId: String
    /// Invitations are addressed to it.
    public let email: String
    /// Nil for the first part.
    public let after: ExportCursor?

    public init(userId: String, email: String, after: ExportCursor? = nil) {
        self.userId = userId
        self.email = email
        self.after = after
    }
}

/// A place in an export: after a row of a section.
public struct ExportCursor: Codable, Sendable, Equatable {
    /// The list that goes on.
    public let section: String
    /// Of the row; empty at the beginning of the section.
    public let text: String
    /// Of the row; the least at the beginning of the section.
    public let number: Int64

    public init(section: String, text: String = "", number: Int64 = .min) {
        self.section = section
        self.text = text
        self.number = number
    }
}

/// Rows of one section.
public struct ExportReply: Codable, Sendable {
    /// How many rows a reply has at most: as many audit entries as `AuditLimits.answer` fit.
    public static let rows = AuditLimits.answer

    /// The list that the rows are in.
    public let section: String
    /// Each is a JSON object.
    public let rows: [String]
    /// Where the next part begins; nil: this is the last.
    public let next: ExportCursor?

    public init(section: String, rows: [String], next: ExportCursor?) {
        self.section = section
        self.rows = rows
        self.next = next
    }
}
