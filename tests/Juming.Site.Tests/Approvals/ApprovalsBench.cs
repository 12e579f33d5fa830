using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Juming.Platform.Notify;
using Juming.Site.Approvals;
using Juming.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Approvals;

/// <summary>A running site where something is asked; notices and decisions are taken down.</summary>
internal sealed class ApprovalsBench : IAsyncDisposable, INotices
{
    private readonly Decided _decided = new();

    public RunningTier Site { get; private set; } = null!;

    public ConcurrentQueue<Notice> Notices { get; } = new();

    public IReadOnlyCollection<ApprovalDecided> Decisions => _decided.All;

    public static async Task<ApprovalsBench> Start()
    {
        var bench = new ApprovalsBench();
        bench.Site = await RunningTier.Start(services: services => services.AddSingleton<INotices>(bench).AddSingleton<INotificationHandler<ApprovalDecided>>(bench._decided));
        return bench;
    }

    public static ApprovalRequest Request(string key, bool highRisk = false, int keys = 1, string? by = null, TimeSpan? within = null) => new()
    {
        Key = key,
        Code = "block-ip",
        Effect = new Dictionary<string, string> { ["target"] = "203.0.113.7", ["devices"] = "FW-A, FW-B", ["minutes"] = "1440" },
        Evidence = ["WAF: <script>alert(1)</script> 12 times"],
        Inverse = "unblock-ip",
        HighRisk = highRisk,
        Keys = keys,
        RequestedBy = by,
        ExpiresAt = TimeProvider.System.GetUtcNow() + (within ?? TimeSpan.FromMinutes(15)),
    };

    public async Task<Guid> Ask(ApprovalRequest request)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IApprovalDesk>().Ask(request, CancellationToken.None);
    }

    public async Task<ApprovalStanding> Look(Guid approval)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IApprovalDesk>().Look(approval, CancellationToken.None))!;
    }

    public async Task Withdraw(Guid approval)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IApprovalDesk>().Withdraw(approval, "no longer needed", CancellationToken.None);
    }

    /// <summary>The one-time path that a person was told for an approval.</summary>
    public async Task<string> PathOf(Guid approval, Guid person)
    {
        await Until(() => Notices.Any(n => n.SameAs == "approval:" + approval));
        return Notices.Last(n => n.SameAs == "approval:" + approval).OneTimePaths[person];
    }

    /// <summary>Presses a button of the page behind a path.</summary>
    public async Task<(HttpStatusCode Status, string Page)> Press(string path, string answer, string reason = "", string code = "", HttpClient? client = null) =>
        await (await Open(path, answer, reason, code, client))();

    /// <summary>Opens the page; what is returned presses.</summary>
    public async Task<Func<Task<(HttpStatusCode Status, string Page)>>> Open(string path, string answer, string reason = "", string code = "", HttpClient? client = null)
    {
        var phone = client ?? Site.Client(from: RunningTier.AnotherAddress());
        var page = await phone.GetStringAsync(path);
        var token = Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        return async () =>
        {
            using var own = client is null ? phone : null;
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token, ["answer"] = answer, ["reason"] = reason, ["code"] = code }) };
            // What Chromium sends with a form of a page that gives no referrer.
            request.Headers.TryAddWithoutValidation("Origin", "null");
            using var answered = await phone.SendAsync(request);
            return (answered.StatusCode, await answered.Content.ReadAsStringAsync());
        };
    }

    public static async Task Until(Func<bool> holds)
    {
        for (var i = 0; i < 400 && !holds(); i++) await Task.Delay(50);
        Assert.That(holds(), Is.True, "it did not come about in 20 s");
    }

    public Task Post(Notice notice, CancellationToken ct)
    {
        Notices.Enqueue(notice);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => Site.DisposeAsync();

    private sealed class Decided : INotificationHandler<ApprovalDecided>
    {
        public ConcurrentQueue<ApprovalDecided> All { get; } = new();

        public Task Handle(ApprovalDecided notification, CancellationToken cancellationToken)
        {
            All.Enqueue(notification);
            return Task.CompletedTask;
        }
    }
}
