import Contract
import EventLoop
import Glibc
import HTTPServer

/// What one loop has counted of its requests. Belongs to that loop.
final class RouteMetrics {
    /// Seconds; from far below a disk's flush to the longest deadline.
    static let bounds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
    ]

    struct Route: Sendable {
        let id: String
        let method: String
        /// By status.
        var statuses: [Int: Int] = [:]
        /// Not cumulative; one more than `bounds`.
        var buckets = [Int](repeating: 0, count: bounds.count + 1)
        var seconds = 0.0
    }

    /// Those of the table, and one more for what matched none.
    private(set) var routes: [Route]
    private(set) var inFlight = 0
    /// Refusals that had no line in the log.
    var unlogged = 0

    init(_ endpoints: [Endpoint]) {
        routes =
            endpoints.map { Route(id: $0.id, method: $0.method.rawValue) }
            + [Route(id: "unmatched", method: "")]
    }

    func began() { inFlight += 1 }

    func answered(_ index: Int?, status: Int, seconds: Double) {
        inFlight -= 1
        let index = index ?? routes.count - 1
        routes[index].statuses[status, default: 0] += 1
        routes[index].seconds += seconds
        routes[index].buckets[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    }

    /// Bytes that were no request: nothing was in flight, and there is no duration.
    func refused(_ status: Int) { routes[routes.count - 1].statuses[status, default: 0] += 1 }

    struct Snapshot: Sendable {
        var routes: [Route] = []
        var inFlight = 0
        var unlogged = 0

        /// Adds the counts of other loops and servers.
        mutating func add(_ other: Snapshot) {
            inFlight += other.inFlight
            unlogged += other.unlogged
            for route in other.routes {
                guard let index = routes.firstIndex(where: { $0.id == route.id }) else {
                    routes.append(route)
                    continue
                }
                routes[index].statuses.merge(route.statuses, uniquingKeysWith: +)
                routes[index].seconds += route.seconds
                for (bucket, count) in route.buckets.enumerated() {
                    routes[index].buckets[bucket] += count
                }
            }
        }
    }

    var snapshot: Snapshot {
        Snapshot(routes: routes, inFlight: inFlight, unlogged: unlogged)
    }
}

/// The Prometheus text format, version 0.0.4.
public struct MetricsText {
    /// What has been written.
    public private(set) var text = ""

    public init() {}

    /// Begins a family; its samples follow.
    public mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    /// One sample of the family before it.
    public mutating func sample(
        _ name: String, _ labels: KeyValuePairs<String, String> = [:], _ value: Double
    ) {
        let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        text += name + (list.isEmpty ? "" : "{\(list)}") + " \(number)\n"
    }

    /// A family with one sample that rises and falls.
    public mutating func gauge(_ name: String, _ help: String, _ value: Double) {
        family(name, "gauge", help)
        sample(name, [:], value)
    }

    /// A family with one sample that only rises.
    public mutating func counter(_ name: String, _ help: String, _ value: Double) {
        family(name, "counter", help)
        sample(name, [:], value)
    }

    /// - Parameter counts: not cumulative; the last is what exceeds all bounds.
    public mutating func histogram(
        _ name: String, _ labels: [(String, String)] = [], bounds: [Double], counts: [Int],
        sum: Double
    ) {
        let list = labels.map { "\($0)=\"\(Self.escaped($1))\"," }.joined()
        var total = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            text += "\(name)_bucket{\(list)le=\"\(bound)\"} \(total)\n"
        }
        let braces = list.isEmpty ? "" : "{\(list.dropLast())}"
        text += "\(name)_sum\(braces) \(sum)\n\(name)_count\(braces) \(total)\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
            "\n", with: "\\n")
    }
}

extension MetricsText {
    mutating func requests(_ snapshot: RouteMetrics.Snapshot) {
        gauge("latchkey_requests_in_flight", "Requests being handled.", Double(snapshot.inFlight))
        counter(
            "latchkey_refusals_not_logged_total",
            "Refused requests without a log line: too many from one address.",
            Double(snapshot.unlogged))
        family("latchkey_requests_total", "counter", "Completed requests, by route and status.")
        let used = snapshot.routes.filter { !$0.statuses.isEmpty }
        for route in used {
            for (status, count) in route.statuses.sorted(by: { $0.key < $1.key }) {
                sample(
                    "latchkey_requests_total",
                    ["route": route.id, "method": route.method, "status": "\(status)"],
                    Double(count))
            }
        }
        let name = "latchkey_request_duration_seconds"
        family(name, "histogram", "Time from a request's head to the end of its response.")
        for route in used {
            histogram(
                name, [("route", route.id)], bounds: RouteMetrics.bounds, counts: route.buckets,
                sum: route.seconds)
        }
    }

    mutating func loops(_ stalls: LoopStalls) {
        let name = "latchkey_loop_stall_seconds"
        family(name, "histogram", "Duration of each round of events of an event loop.")
        histogram(name, bounds: LoopStalls.bounds, counts: stalls.counts, sum: stalls.seconds)
    }

    mutating func connections(_ open: Int, _ refusals: ConnectionRefusals) {
        gauge("latchkey_connections", "Open client connections.", Double(open))
        let name = "latchkey_connections_refused_total"
        family(name, "counter", "Refused connections, by the limit that was reached.")
        sample(name, ["bound": "address"], Double(refusals.byAddress))
        sample(name, ["bound": "loop"], Double(refusals.byLoop))
    }

    /// Standard metrics of a process.
    mutating func process(_ version: String) {
        family("latchkey_build_info", "gauge", "The running version.")
        sample("latchkey_build_info", ["version": version], 1)
        // /proc/self/statm: size and resident set, in pages.
        guard let file = fopen("/proc/self/statm", "r") else { return }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return }
        let words = String(
            decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self
        )
        .split(separator: " ")
        guard words.count > 1, let pages = Int(words[1]) else { return }
        let bytes = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        gauge("process_resident_memory_bytes", "Resident memory.", Double(bytes))
    }
}
