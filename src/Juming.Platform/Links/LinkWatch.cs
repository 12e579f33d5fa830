using System.Text.Json;
using System.Threading.Channels;
using Juming.Platform.Access;
using Juming.Platform.Data;
using Juming.Platform.Links.Sync;
using Juming.Platform.Notify;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Links;

/// <summary>Takes what must not happen to a link in peace: logs it, audits it, and tells those who look after the links.</summary>
internal sealed partial class LinkWatch(IServiceScopeFactory scopes, INotices notices, TimeProvider clock, ILogger<LinkWatch> log) : BackgroundService, ILinkAlarms, ILinkIncidents
{
    /// <summary>Code of the notice about a peer.</summary>
    public const string IncidentNotice = "links.incident";

    /// <summary>Code of the notice about records.</summary>
    public const string AlarmNotice = "links.alarm";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    // The engine must not wait for a notice; more than this many at once say the same.
    private readonly Channel<(LinkAlarm Kind, uint Topic, ulong From, ulong To)> _alarms =
        Channel.CreateBounded<(LinkAlarm, uint, ulong, ulong)>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    public void Raise(LinkAlarm kind, uint topic, ulong from, ulong to)
    {
        LogAlarm(log, kind, topic, from, to);
        _alarms.Writer.TryWrite((kind, topic, from, to));
    }

    /// <inheritdoc/>
    public async Task Tell(LinkIncident kind, Guid peer, string from, CancellationToken ct, string what = "")
    {
        LogIncident(log, kind, peer, from, what);
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IAuditTrail>().Append(
            new AuditEntry("LinkIncident", ActorKind.PeerTier, peer.ToString(), peer.ToString("N")[^8..], from, JsonSerializer.Serialize(new { kind = kind.ToString(), what }), "links." + Code(kind)), ct);
        await notices.Post(new Notice
        {
            Code = IncidentNotice,
            Weight = kind is LinkIncident.OldCertificate or LinkIncident.TokenWrong ? NoticeWeight.Warning : NoticeWeight.Critical,
            Arguments = new Dictionary<string, string> { ["kind"] = Code(kind), ["peer"] = peer.ToString("N")[^8..], ["what"] = what },
            Private = new Dictionary<string, string> { ["from"] = from },
            SameAs = $"link:{kind}:{peer:N}",
        }, ct);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var alarm in _alarms.Reader.ReadAllAsync(stoppingToken)) await Tell(alarm.Kind, alarm.Topic, alarm.From, alarm.To, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Tells it, as soon as there is a database that takes it: what goes wrong with a link often goes wrong together with that, and the host must not end over it.</summary>
    private async Task Tell(LinkAlarm kind, uint topic, ulong from, ulong to, CancellationToken ct)
    {
        var notice = new Notice
        {
            Code = AlarmNotice,
            Weight = kind is LinkAlarm.ReceiverWentBack or LinkAlarm.SenderWentBack ? NoticeWeight.Warning : NoticeWeight.Urgent,
            Arguments = new Dictionary<string, string>
            {
                ["kind"] = Code(kind),
                ["topic"] = topic.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["from"] = from.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["to"] = to.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
            SameAs = $"link:{kind}:{topic}:{from}:{to}",
        };
        while (true)
        {
            try
            {
                await notices.Post(notice, ct);
                return;
            }
            catch (Exception e) when (DatabaseErrors.IsOutage(e))
            {
                LogUntold(log, DatabaseErrors.Reason(e));
                await Task.Delay(Again, clock, ct);
            }
        }
    }

    private static string Code(Enum kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    [LoggerMessage(Level = LogLevel.Warning, Message = "Link, topic {Topic}: {Kind}, records {From} to {To}")]
    private static partial void LogAlarm(ILogger log, LinkAlarm kind, uint topic, ulong from, ulong to);

    [LoggerMessage(Level = LogLevel.Error, Message = "An alarm of a link waits to be told: the database does not answer: {Reason}")]
    private static partial void LogUntold(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Link: {Kind}, peer {Peer} from {From} {What}")]
    private static partial void LogIncident(ILogger log, LinkIncident kind, Guid peer, string from, string what);
}
