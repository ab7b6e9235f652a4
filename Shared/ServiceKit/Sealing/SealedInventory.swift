import Kernel
import SQLite

/// What a service stores sealed: the command `--sealed` looks at it beside the service, and says
/// which secrets can be removed from LATCHKEY_ENCRYPTION_SECRET.
public struct SealedInventory: Sendable {
    /// Until when what a secret has made, and what isn't stored, can be used.
    public typealias Uses = @Sendable ([KeyID], Reader) throws -> [KeyID: Timestamp]

    private let database: String
    private let columns: [SealedColumn]
    private let uses: Uses

    /// - Parameters:
    ///   - database: its name.
    ///   - uses: of the secrets that have been the first; none by default.
    public init(
        in database: String, _ columns: [SealedColumn], uses: @escaping Uses = { _, _ in [:] }
    ) {
        self.database = database
        self.columns = columns
        self.uses = uses
    }

    /// What `--sealed` answers.
    public struct Report: Sendable, Equatable {
        /// Lines.
        public let text: String
        /// Whether every secret but the first can be removed.
        public let isSettled: Bool
    }

    /// Looks at the database.
    /// - Parameter folder: of the database.
    public func report(
        _ secrets: SecretList, folder: String, now: Timestamp
    ) throws -> Report {
        let ids = secrets.ids
        let found = try Database.look(at: "\(folder)/\(database).sqlite") { reader in
            (try SealedCounts(columns, secrets, in: reader).values, try uses(ids, reader))
        }
        guard let (counts, uses) = found else {
            return Report(text: "there is no database yet\n", isSettled: true)
        }
        var (text, isSettled) = ("", true)
        for (index, id) in ids.enumerated() {
            let count = counts[.listed(index)] ?? 0
            text += "secret \(index + 1) (\(id)): \(Self.values(count)); "
            if index == 0 {
                text += "seals new ones\n"
            } else if count > 0 {
                text += "keep it: they are being sealed anew\n"
                isSettled = false
            } else if let end = uses[id], end > now {
                text += "keep it: what it signed is valid until \(end)\n"
                isSettled = false
            } else {
                text += "can be removed\n"
            }
        }
        for (secret, meaning) in [
            (SealedCounts.Secret.unnamed, "no secret named: %; they are being sealed anew"),
            (.unlisted, "another secret: %, which can't be opened without it"),
        ] {
            guard let count = counts[secret] else { continue }
            text += meaning.replacing("%", with: Self.values(count)) + "\n"
            isSettled = false
        }
        return Report(text: text, isSettled: isSettled)
    }

    private static func values(_ count: Int) -> String {
        count == 1 ? "1 value" : "\(count) values"
    }
}
