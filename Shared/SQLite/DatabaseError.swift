internal import CSQLite
import Kernel

/// What went wrong in the database, in the classes that a caller can act on.
public struct DatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The class of an error.
    public enum Kind: String, Sendable, CaseIterable {
        /// Another connection holds the lock for longer than the busy timeout.
        case busy
        /// The disk (or the page limit) is full. Works again once there is space.
        case full
        case readOnly
        /// The file is damaged, no database, or gone though it was there: restore a backup.
        case corrupt
        case cannotOpen
        /// Reading, writing or syncing failed, or the file was moved away while open.
        case ioError
        case uniqueViolation
        case foreignKeyViolation
        /// NOT NULL, CHECK, STRICT types, triggers.
        case constraint
        /// The file was written by a newer program.
        case newerSchema
        /// The file was made by other steps than this program's.
        case differentSchema
        case closed
        /// Too many writes wait.
        case overloaded
        /// It is on this disk, but `CommitGate` has not confirmed it: it may be kept or lost.
        case unconfirmed
        /// An earlier commit is not confirmed, so no write is taken: nothing of it was kept.
        case heldUp
        /// A mistake in the program: wrong SQL use, nested calls, an escaped transaction.
        case misuse
        /// A query would read a whole table (`DatabaseOptions.forbidTableScans`).
        case tableScan
        case other
    }

    /// What a caller can act on.
    public let kind: Kind
    /// SQLite's extended result code (https://sqlite.org/rescode.html); 0 when not from SQLite.
    public let extendedCode: Int32
    /// For the log alone: may name the file and the SQL.
    public let message: String

    public init(_ kind: Kind, extendedCode: Int32 = 0, _ message: String) {
        self.kind = kind
        self.extendedCode = extendedCode
        self.message = message
    }

    init(code: Int32, _ message: String) {
        self.init(Self.kind(of: code), extendedCode: code, "\(message) (SQLite \(code))")
    }

    public var description: String { "\(kind.rawValue): \(message)" }

    private static func kind(of code: Int32) -> Kind {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_FULL: .full
        case SQLITE_READONLY: .readOnly
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_CANTOPEN, SQLITE_PERM: .cannotOpen
        case SQLITE_IOERR: .ioError
        case SQLITE_MISUSE, SQLITE_RANGE: .misuse
        case SQLITE_CONSTRAINT: constraintKind(of: code)
        // A text where the integer key stands; of any other column it is a constraint by itself.
        case SQLITE_MISMATCH: .constraint
        default: .other
        }
    }

    private static func constraintKind(of code: Int32) -> Kind {
        switch code {
        case LATCHKEY_CONSTRAINT_UNIQUE, LATCHKEY_CONSTRAINT_PRIMARYKEY, LATCHKEY_CONSTRAINT_ROWID:
            .uniqueViolation
        case LATCHKEY_CONSTRAINT_FOREIGNKEY: .foreignKeyViolation
        default: .constraint
        }
    }
}

extension DatabaseError {
    /// What the client sees. A store that expects a violation (a taken slug) maps it to its
    /// own fault before it gets here.
    public var fault: Fault {
        switch kind {
        case .busy, .overloaded: fault(.storageBusy, after: 1)
        case .unconfirmed: fault(.storageUnconfirmed, after: 1)
        case .heldUp: fault(.storageUnavailable, after: 1)
        case .full: fault(.storageFull, after: 30)
        case .readOnly: fault(.storageReadOnly, after: 30)
        case .corrupt: fault(.storageCorrupt, after: 60)
        case .cannotOpen, .ioError, .newerSchema, .differentSchema, .closed:
            fault(.storageUnavailable, after: 5)
        case .uniqueViolation, .foreignKeyViolation, .constraint, .misuse, .tableScan, .other:
            .unexpected(description)
        }
    }

    private func fault(_ type: ProblemType, after seconds: Int) -> Fault {
        Fault(type, retryAfter: seconds, privateDetail: description)
    }
}
