using Juming.Cloud.ThreatIntel.Data;

namespace Juming.Cloud.ThreatIntel.Sources;

/// <summary>A source, how its reading goes and what it is worth.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind">How it is read.</param>
/// <param name="Address">Where.</param>
/// <param name="Mapping">Mapping of fields, JSON.</param>
/// <param name="SecretHeader">Header that carries the secret; empty for none.</param>
/// <param name="HasSecret">A secret is kept.</param>
/// <param name="Reliability">A to F.</param>
/// <param name="Group">Sources of one group count once.</param>
/// <param name="Tlp">How far its word may travel.</param>
/// <param name="Confidence">Of statements that name none.</param>
/// <param name="Threat">Of statements that name none.</param>
/// <param name="MayDistribute">Its licence allows to pass it on.</param>
/// <param name="EveryMinutes">How often it is read.</param>
/// <param name="Enabled">It is read at all.</param>
/// <param name="LastRunAt">Last reading.</param>
/// <param name="LastOkAt">Last good reading.</param>
/// <param name="NextRunAt">Next reading.</param>
/// <param name="Failures">Failed readings one after the other.</param>
/// <param name="Problem">Code of the last failure; empty when the last was good.</param>
/// <param name="ProblemDetail">More of it.</param>
/// <param name="Standing">Values that it names.</param>
/// <param name="Alone">Of these, values that no other source names.</param>
/// <param name="FalsePositives">Of all it ever named, values that people found to be wrong.</param>
/// <param name="Shared">Values that another source names too, when sources were last compared.</param>
/// <param name="Led">Of these, values that it named first.</param>
/// <param name="LagMinutes">Minutes that it is behind the first, on average.</param>
/// <param name="Nearest">Name of the source with which it shares most; empty for none.</param>
/// <param name="NearestShared">How many they share.</param>
/// <param name="IsRunning">It is being read.</param>
/// <param name="Version">For changes.</param>
public sealed record SourceView(Guid Id, string Name, SourceKind Kind, string Address, string Mapping, string SecretHeader, bool HasSecret, Reliability Reliability, string Group, Tlp Tlp, int Confidence, ThreatKind Threat, bool MayDistribute, int EveryMinutes, bool Enabled,
    DateTimeOffset? LastRunAt, DateTimeOffset? LastOkAt, DateTimeOffset? NextRunAt, int Failures, string Problem, string ProblemDetail, long Standing, long Alone, int FalsePositives, long Shared, long Led, long LagMinutes, string Nearest, long NearestShared, bool IsRunning, long Version)
{
    internal static SourceView Of(SourceRow row, int falsePositives, LeagueRow? league, string nearest, bool isRunning) => new(row.Id, row.Name, row.Kind, row.Address, row.Mapping, row.SecretHeader, row.SecretId is not null, row.Reliability, row.Group, row.Tlp, row.Confidence, row.Threat, row.MayDistribute, row.EveryMinutes, row.Enabled,
        row.LastRunAt, row.LastOkAt, row.NextRunAt, row.Failures, row.Problem, row.ProblemDetail, row.Standing, row.Alone, falsePositives, league?.Shared ?? 0, league?.Led ?? 0, league?.LagMinutes ?? 0, nearest, league?.NearestShared ?? 0, isRunning, row.Version);
}

/// <summary>One reading.</summary>
/// <param name="StartedAt">Begin.</param>
/// <param name="EndedAt">End.</param>
/// <param name="Problem">Code of the failure; empty for a good one.</param>
/// <param name="ProblemDetail">More of it.</param>
/// <param name="Unchanged">The source had nothing new.</param>
/// <param name="Bytes">Bytes that came.</param>
/// <param name="Read">Entries.</param>
/// <param name="Fresh">Values that nobody had named before.</param>
/// <param name="Changed">Values of which it says something else or for the first time.</param>
/// <param name="Withdrawn">Values that it names no longer.</param>
/// <param name="Quarantined">Entries set apart.</param>
public sealed record RunView(DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Problem, string ProblemDetail, bool Unchanged, long Bytes, int Read, int Fresh, int Changed, int Withdrawn, int Quarantined);
