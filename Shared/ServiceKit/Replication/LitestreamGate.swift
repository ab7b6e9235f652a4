import FoundationEssentials
import HTTPCore
import SQLite
import Synchronization

/// Confirms commits when Litestream says that its replica has them
/// (`POST /sync` of its control socket, https://litestream.io/reference/sync/).
final class LitestreamGate: CommitGate {
    private struct State: ~Copyable {
        var connection: ControlConnection
        /// The last transaction that was confirmed, as Litestream counts them.
        var txid: UInt64?
    }

    private let bodies: (commit: [UInt8], retry: [UInt8])
    private let seconds: (commit: Int, retry: Int)
    private let state: Mutex<State>
    private let term: CellTerm?

    /// - Parameters:
    ///   - socket: the path of Litestream's control socket.
    ///   - database: its path in Litestream's configuration.
    ///   - term: in which the process answers; nil if it belongs to no cell.
    ///   - seconds: that Litestream may take for a commit that somebody waits for, and for another
    ///     try. It goes on meanwhile, so that later tries have less to do.
    init(
        socket: String, database: String, in term: CellTerm? = nil,
        seconds: (commit: Int, retry: Int) = (commit: 3, retry: 1)
    ) {
        self.term = term
        self.seconds = seconds
        state = Mutex(State(connection: ControlConnection(socket)))
        bodies = (
            Self.body(database, seconds.commit), Self.body(database, seconds.retry)
        )
    }

    private static func body(_ database: String, _ seconds: Int) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let request = SyncRequest(path: database, wait: true, timeout: seconds)
        return (try? encoder.encode(request)).map(Array.init) ?? []
    }

    func confirm(hasNew: Bool, isRetry: Bool) throws(DatabaseError) {
        let failure = state.withLock { state -> DatabaseError? in
            do throws(DatabaseError) {
                try confirm(hasNew: hasNew, isRetry: isRetry, &state)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    private func confirm(
        hasNew: Bool, isRetry: Bool, _ state: inout State
    ) throws(DatabaseError) {
        let seconds = isRetry ? self.seconds.retry : self.seconds.commit
        let (status, body): (Int, [UInt8])
        do throws(ControlConnection.Failure) {
            (status, body) = try state.connection.post(
                "/sync", isRetry ? bodies.retry : bodies.commit, milliseconds: seconds * 1_000 + 500
            )
        } catch {
            throw DatabaseError(.unconfirmed, "Litestream: \(error)")
        }
        guard status == 200, let reply = try? JSONDecoder().decode(SyncReply.self, from: Data(body))
        else {
            let text = String(decoding: body.prefix(500), as: UTF8.self)
            throw DatabaseError(.unconfirmed, "Litestream: status \(status): \(text)")
        }
        guard reply.replicatedTXID >= reply.txid else {
            throw DatabaseError(
                .unconfirmed,
                "Litestream has replicated up to \(reply.replicatedTXID) of \(reply.txid)")
        }
        // It has read nothing since, whatever it says: it may look at another file.
        if hasNew, let last = state.txid, reply.txid <= last {
            throw DatabaseError(
                .unconfirmed, "Litestream is at transaction \(reply.txid), as before the commit")
        }
        // After the replica has it: whoever takes over now finds it.
        if let term, !term.stands {
            throw DatabaseError(.unconfirmed, "the cell's lease has ended")
        }
        state.txid = reply.txid
    }
}

private struct SyncRequest: Encodable {
    let path: String
    let wait: Bool
    let timeout: Int
}

private struct SyncReply: Decodable {
    let txid: UInt64
    let replicatedTXID: UInt64

    enum CodingKeys: String, CodingKey {
        case txid
        case replicatedTXID = "replicated_txid"
    }
}
