import Contract
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct MetricsTextTests {
    @Test func `a family has help, type and samples`() {
        var text = MetricsText()
        text.gauge("a_gauge", "What it is.", 1.5)
        text.counter("a_total", "Counts.", 3)
        #expect(
            text.text == """
                # HELP a_gauge What it is.
                # TYPE a_gauge gauge
                a_gauge 1.5
                # HELP a_total Counts.
                # TYPE a_total counter
                a_total 3

                """)
    }

    @Test func `label values are escaped`() throws {
        var text = MetricsText()
        text.family("x", "gauge", "What it is.")
        text.sample("x", ["a": "q\"b\\c\nd", "e": "f"], 1)
        #expect(text.text.hasSuffix("\nx{a=\"q\\\"b\\\\c\\nd\",e=\"f\"} 1\n"))
        #expect(try Prometheus(text.text).value("x", ["a": "q\"b\\c\nd", "e": "f"]) == 1)
    }

    @Test func `a histogram is cumulative and ends with +Inf`() {
        var text = MetricsText()
        text.histogram("h", [("r", "x")], bounds: [0.5, 1], counts: [1, 2, 4], sum: 9.5)
        #expect(
            text.text == """
                h_bucket{r="x",le="0.5"} 1
                h_bucket{r="x",le="1.0"} 3
                h_bucket{r="x",le="+Inf"} 7
                h_sum{r="x"} 9.5
                h_count{r="x"} 7

                """)
        var bare = MetricsText()
        bare.histogram("h", bounds: [1], counts: [0, 0], sum: 0)
        #expect(bare.text.contains("h_bucket{le=\"+Inf\"} 0\nh_sum 0.0\nh_count 0\n"))
    }
}

@Suite struct RouteMetricsTests {
    private let metrics = RouteMetrics([
        Endpoint("a", .get, "/a", summary: ""), Endpoint("b", .post, "/b", summary: ""),
    ])

    @Test func `requests are counted by route and status`() throws {
        for (route, status) in [(0, 200), (0, 200), (0, 404), (1, 201), (nil, 404)] as [(Int?, Int)]
        {
            metrics.began()
            metrics.answered(route, status: status, seconds: 0.003)
        }
        metrics.began()
        var text = MetricsText()
        text.requests(metrics.snapshot)
        let lines = text.text.split(separator: "\n")
        #expect(lines.contains("latchkey_requests_in_flight 1"))
        let total = "latchkey_requests_total"
        #expect(lines.contains(#"\#(total){route="a",method="GET",status="200"} 2"#))
        #expect(lines.contains(#"\#(total){route="b",method="POST",status="201"} 1"#))
        #expect(lines.contains(#"\#(total){route="unmatched",method="",status="404"} 1"#))
        let bucket = "latchkey_request_duration_seconds_bucket"
        #expect(lines.contains(#"\#(bucket){route="a",le="0.0025"} 0"#))
        #expect(lines.contains(#"\#(bucket){route="a",le="0.005"} 3"#))
        _ = try Prometheus(text.text)
    }

    @Test func `a duration beyond every bound is in the last bucket`() {
        metrics.began()
        metrics.answered(0, status: 200, seconds: 100)
        #expect(metrics.snapshot.routes[0].buckets.last == 1)
    }

    @Test func `the loops' counts add up`() {
        let other = RouteMetrics([
            Endpoint("a", .get, "/a", summary: ""), Endpoint("b", .post, "/b", summary: ""),
        ])
        for metrics in [metrics, other] {
            metrics.began()
            metrics.began()
            metrics.answered(1, status: 500, seconds: 1)
        }
        var sum = metrics.snapshot
        sum.add(other.snapshot)
        #expect(sum.inFlight == 2 && sum.routes[1].statuses == [500: 2])
        #expect(sum.routes[1].seconds == 2 && sum.routes[1].buckets.reduce(0, +) == 2)
    }
}

@Suite struct BackupMetricsTests {
    @Test func `times of the last backup and drill are those of the scripts' files, or 0`() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "backup.prom",
            Array(
                """
                # HELP latchkey_backup_bytes Size.
                latchkey_backup_bytes 4096
                latchkey_backup_last_good_timestamp_seconds 1796042253
                unknown_metric 1

                """.utf8))
        var text = MetricsText()
        text.backups(in: folder.path)
        let metrics = try Prometheus(text.text)
        #expect(metrics.value("latchkey_backup_bytes") == 4096)
        #expect(metrics.value("latchkey_backup_last_good_timestamp_seconds") == 1_796_042_253)
        #expect(metrics.value("latchkey_restore_drill_last_good_timestamp_seconds") == 0)
        #expect(!text.text.contains("unknown_metric"))
    }
}
