import Foundation
import SQLite
import TestSupport

extension Database {
    /// Whether a mail waits to be sent: how it ends will change rows.
    func hasPendingMails() throws -> Bool {
        try dump().contains { $0.hasPrefix("mails: ") && $0.contains("status='pending'") }
    }

    /// Whether an event of the type was recorded.
    func hasEvent(_ type: String) throws -> Bool {
        try dump().contains { $0.hasPrefix("events: ") && $0.contains("type='\(type)'") }
    }

    /// Every file of the database, as bytes: what a thief of the disk has.
    func files(in folder: String) throws -> [UInt8] {
        try ["", "-wal"].flatMap { ending in
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + ending)))
        }
    }
}
