import Contract
import InvitationsContract
import Kernel
import SQLite
import ServiceKit

extension AdminCommand {
    private static let service = Argument(
        "SERVICE", optional: true,
        "One of \(AdminSession.services.joined(separator: ", ")); all by default")

    static let verifyCommand = AdminCommand(
        "verify", "Check the databases",
        details: "Reads each whole database in the service that runs on it (integrity_check, "
            + "foreign_key_check), and compares the steps of its schema with the program's. It "
            + "can take minutes, and slows nothing but the disk. The database of a stopped "
            + "service is read here if it is in this machine's data folder. DIGEST is the same "
            + "for databases of one release. Exits with 65 if there is a problem.",
        arguments: [service], examples: ["gateway admin verify invitations"]
    ) { try await verify($0) }

    static let outboxesCommand = AdminCommand(
        "outboxes", "Show what waits to be delivered to other services, and as e-mail",
        details: "PENDING counts events or e-mails, ATTEMPTS those that failed since the last "
            + "success. In order, nothing overtakes the oldest.", arguments: [service]
    ) { try await outboxes($0) }

    static let webhooksCommand = AdminCommand(
        "webhooks failing", "List webhooks whose deliveries fail, or that were disabled",
        details: "ATTEMPTS, STATUS and ERROR are those of the oldest delivery that waits, or else "
            + "of the newest that failed. A URL is shown without its path, which may be secret."
    ) { try await webhooks($0) }

    // MARK: Databases

    private struct Verified: Encodable, Sendable {
        let service: String
        let report: DatabaseReport
    }

    private static let verifiedColumns: [AdminColumn<Verified>] = [
        AdminColumn("SERVICE") { $0.service },
        AdminColumn("RESULT") { $0.report.problems.isEmpty ? "ok" : "DAMAGED" },
        AdminColumn("SCHEMA") { "\($0.report.schema)" },
        AdminColumn("DIGEST") { String($0.report.digest.prefix(16)) },
        AdminColumn("MIB") { "\($0.report.bytes / 1_048_576)" },
        AdminColumn("PROBLEMS") { $0.report.problems.joined(separator: "; ") },
    ]

    private static func verify(_ call: AdminCall) async throws {
        let table = AdminList(call.output, verifiedColumns)
        var damaged: [String] = []
        try await forEachService(call) { service in
            let report = try await call.session.verification(of: service)
            try table.add([Verified(service: service, report: report)])
            if !report.problems.isEmpty { damaged.append(service) }
        } end: {
            try table.end(nothing: "No database was checked.")
        }
        guard damaged.isEmpty else {
            throw AdminFailure(
                .data, "damaged: \(damaged.joined(separator: ", ")). Restore a backup of these")
        }
    }

    // MARK: Outboxes

    private struct Outbox: Encodable, Sendable {
        let service: String
        let outbox: OutboxReport
    }

    private static let outboxColumns: [AdminColumn<Outbox>] = [
        AdminColumn("SERVICE") { $0.service }, AdminColumn("TO") { $0.outbox.target },
        AdminColumn("PENDING") { "\($0.outbox.pending)" },
        AdminColumn("OLDEST") { $0.outbox.oldest?.rfc3339 ?? "-" },
        AdminColumn("ATTEMPTS") { "\($0.outbox.attempts)" },
        AdminColumn("ERROR") { $0.outbox.lastError ?? "" },
    ]

    private static func outboxes(_ call: AdminCall) async throws {
        let table = AdminList(call.output, outboxColumns)
        try await forEachService(call) { service in
            let reply = try await call.session.ask(
                service, MaintenanceRoutes.outboxes, OutboxesQuery(), as: OutboxesReply.self)
            try table.add(reply.outboxes.map { Outbox(service: service, outbox: $0) })
        } end: {
            try table.end(nothing: "There are no outboxes.")
        }
    }

    /// Those that answer are shown also where others don't.
    private static func forEachService(
        _ call: AdminCall, _ body: (String) async throws -> Void, end: () throws -> Void
    ) async throws {
        let services = call.arguments["SERVICE"].map { [$0] } ?? AdminSession.services
        guard AdminSession.services.contains(services[0]) else {
            throw AdminFailure(
                .usage,
                "SERVICE must be one of \(AdminSession.services.joined(separator: ", "))")
        }
        var failures: [AdminFailure] = []
        for service in services {
            do {
                try await body(service)
            } catch let failure as AdminFailure {
                failures.append(failure)
            }
        }
        try end()
        guard let first = failures.first else { return }
        throw AdminFailure(first.exit, failures.map(\.text).joined(separator: "; "))
    }

    // MARK: Webhooks

    private static let webhookColumns: [AdminColumn<FailingWebhook>] = [
        AdminColumn("ID") { $0.id }, AdminColumn("OWNER") { $0.ownerId },
        AdminColumn("SCOPE") { $0.scope.rawValue }, AdminColumn("URL") { $0.url },
        AdminColumn("STATE") { hook in
            hook.disabledReason.map { "disabled: \($0.rawValue)" }
                ?? (hook.enabled ? "failing" : "disabled")
        },
        AdminColumn("SINCE") { $0.failingSince?.rfc3339 ?? "-" },
        AdminColumn("PENDING") { "\($0.pending)" },
        AdminColumn("ATTEMPTS") { "\($0.attempts)" },
        AdminColumn("STATUS") { $0.lastStatus.map { "\($0)" } ?? "-" },
        AdminColumn("ERROR") { $0.lastError ?? "" },
    ]

    private static func webhooks(_ call: AdminCall) async throws {
        let table = AdminList(call.output, webhookColumns)
        var after: String?
        repeat {
            let part = try await call.session.ask(
                "invitations", FailingWebhooks.list, FailingWebhooksQuery(after: after),
                as: FailingWebhooksReply.self
            ).webhooks
            try table.add(part)
            after = part.count == FailingWebhooks.page ? part.last?.id : nil
        } while after != nil
        try table.end(nothing: "No webhook fails.")
    }
}

extension AdminSession {
    private static let pollMilliseconds = 100

    /// What a check of a service's database finds, once it has ended.
    fileprivate func verification(of service: String) async throws -> DatabaseReport {
        do {
            var reply = try await ask(
                service, MaintenanceRoutes.verification, VerificationQuery(),
                as: VerificationReply.self)
            while true {
                if let result = reply.result { return result }
                try await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
                reply = try await ask(
                    service, MaintenanceRoutes.verification,
                    VerificationQuery(number: reply.number), as: VerificationReply.self)
            }
        } catch let failure as AdminFailure where failure.exit == .unavailable {
            let path = "\(settings.common.dataDirectory)/\(service).sqlite"
            guard Database.schemaVersion(path: path) != nil else { throw failure }
            note("\(service) is not running: reading \(path)")
            do throws(DatabaseError) {
                let migrations = service == "gateway" ? gatewayMigrations : nil
                return DatabaseReport(
                    try DatabaseVerification(path: path, migrations: migrations))
            } catch {
                return DatabaseReport(error)
            }
        }
    }
}
