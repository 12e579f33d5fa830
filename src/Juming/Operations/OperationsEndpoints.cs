using Juming.Platform.Modules;

namespace Juming.Operations;

/// <summary>Health, readiness and metrics, for machines. They tell counts and states, never names or contents.</summary>
internal static class OperationsEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/healthz", () => Results.Text("alive"));
        app.MapGet("/readyz", async (IEnumerable<IReadiness> parts, CancellationToken ct) =>
        {
            var reports = new Dictionary<string, string>();
            var bad = false;
            foreach (var part in parts)
            {
                var report = await part.Look(ct);
                bad |= report.Level == ReadinessLevel.Bad;
                reports[part.Name] = report.Level.ToString().ToLowerInvariant();
            }
            return Results.Json(reports, statusCode: bad ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        });
        app.MapGet("/metrics", (IEnumerable<IFigures> modules) =>
        {
            var writer = new FigureWriter();
            foreach (var module in modules) module.Add(writer);
            return Results.Text(writer.ToString(), "text/plain; version=0.0.4; charset=utf-8");
        });
    }
}
