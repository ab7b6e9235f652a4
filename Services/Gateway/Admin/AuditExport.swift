import Contract
import GatewayContract
import Kernel
import ServiceKit

extension AdminCommand {
    static let auditCommand = AdminCommand(
        "audit export", "Print the audit of all services, newest first",
        details: "Takes the same memory however long the audit is. CSV is RFC 4180 with a line of "
            + "names; texts that a spreadsheet would take for formulas begin with an apostrophe, "
            + "and before and after are JSON. JSON lines are the entries as the API has them, with "
            + "their service. A service that does not answer ends the export with an error: an "
            + "audit with gaps proves nothing.",
        options: [
            Option("--format", "csv|jsonl", "Format [csv; jsonl with --json]"),
            Option("--from", "TIME", "Earliest time, inclusive, such as 2027-01-01T00:00:00Z"),
            Option("--to", "TIME", "Latest time, exclusive"),
            Option("--actor", "USER", "Only changes by this user, or by the operator"),
            Option("--service", "SERVICE", repeatable: true, "Only of these services"),
        ],
        examples: [
            "gateway admin audit export --from 2027-01-01T00:00:00Z > audit.csv",
            "gateway admin audit export --format jsonl | gzip > audit.jsonl.gz",
        ]
    ) { try await AuditExport($0).run() }
}

/// The entries of all services in one order.
private struct AuditExport {
    private let call: AdminCall
    private let isCSV: Bool
    private let services: [String]

    init(_ call: AdminCall) throws(AdminFailure) {
        self.call = call
        let format = call.option("--format") ?? (call.output.isJSON ? "jsonl" : "csv")
        guard ["csv", "jsonl"].contains(format) else {
            throw AdminFailure(.usage, "--format must be csv or jsonl")
        }
        isCSV = format == "csv"
        services = call.options["--service"] ?? AdminSession.services
        if let unknown = services.first(where: { !AdminSession.services.contains($0) }) {
            throw AdminFailure(
                .usage,
                "--service \(unknown) must be one of "
                    + AdminSession.services.joined(separator: ", "))
        }
    }

    func run() async throws {
        let filter = AuditFilter(
            actorId: try await actor(), from: try time("--from"), to: try time("--to"))
        var sources: [Source] = []
        for name in AdminSession.services where services.contains(name) {
            var source = Source(name: name, filter: filter, session: call.session)
            try await source.load()
            sources.append(source)
        }
        if isCSV { try call.output.bytes(CSVLine(Self.names).bytes) }
        while let newest = Self.newest(of: sources), let entry = sources[newest].head {
            try put(entry, of: sources[newest].name)
            try await sources[newest].advance()
        }
    }

    private func actor() async throws -> String? {
        guard let name = call.option("--actor") else { return nil }
        // Users who were deleted are in the audit, and nowhere else.
        if name == Caller.operatorId || IDMinter.isWellFormed(name, prefix: "usr_") { return name }
        return try await call.session.user(named: name).id
    }

    private func time(_ option: String) throws(AdminFailure) -> Timestamp? {
        guard let text = call.option(option) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw AdminFailure(
                .usage, "\(option) must be an RFC 3339 timestamp such as 2027-01-01T00:00:00Z")
        }
        return time
    }

    private static func newest(of sources: [Source]) -> Int? {
        sources.indices.filter { sources[$0].head != nil }.max { a, b in
            guard let one = sources[a].head, let two = sources[b].head else { return false }
            return (one.at, one.id) < (two.at, two.id)
        }
    }

    private func put(_ entry: AuditEntryBody, of service: String) throws(AdminFailure) {
        guard isCSV else {
            return try call.output.line(JSON.text(Exported(service: service, entry: entry)))
        }
        let line = CSVLine([
            entry.at.rfc3339, service, entry.action, entry.subject.type, entry.subject.id,
            entry.parent?.type, entry.parent?.id, entry.actorId, entry.actingId, entry.tokenId,
            entry.requestId, entry.before.map { JSON.text($0) }, entry.after.map { JSON.text($0) },
            entry.id,
        ])
        try call.output.bytes(line.bytes)
    }

    private static let names = [
        "at", "service", "action", "subjectType", "subjectId", "parentType", "parentId", "actorId",
        "actingId", "tokenId", "requestId", "before", "after", "id",
    ]

    /// The entries of one service, a part at a time.
    private struct Source {
        let name: String
        let filter: AuditFilter
        let session: AdminSession
        private var entries: ArraySlice<AuditEntryBody> = []
        private var isLast = false
        var head: AuditEntryBody? { entries.first }

        init(name: String, filter: AuditFilter, session: AdminSession) {
            self.name = name
            self.filter = filter
            self.session = session
        }

        mutating func load(after last: AuditEntryBody? = nil) async throws {
            let query = AuditTailQuery(
                filter: filter, limit: AuditLimits.answer,
                before: last.map { AuditCursor(at: $0.at, id: $0.id) })
            let tail = try await session.ask(name, AuditRoutes.tail, query, as: AuditTail.self)
            entries = tail.entries[...]
            isLast = tail.entries.count < AuditLimits.answer
        }

        mutating func advance() async throws {
            guard let last = entries.popFirst(), entries.isEmpty, !isLast else { return }
            try await load(after: last)
        }
    }
}

/// An entry with the service that wrote it.
private struct Exported: Encodable {
    let service: String
    let entry: AuditEntryBody

    private enum Name: String, CodingKey { case service }

    func encode(to encoder: any Encoder) throws {
        try entry.encode(to: encoder)
        var container = encoder.container(keyedBy: Name.self)
        try container.encode(service, forKey: .service)
    }
}
