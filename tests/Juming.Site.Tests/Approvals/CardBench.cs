using System.Collections.Frozen;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Approvals;
using Juming.Site.Approvals.Answer;
using Juming.Site.Approvals.List;
using Juming.Testing;
using Juming.Testing.FakeMessengers;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Approvals;

/// <summary>A site whose approvers have WeCom: real notices, cards on a server that speaks the protocol, and its calls over the site's own port.</summary>
internal sealed class CardBench : IAsyncDisposable
{
    private static int _number = 10;

    public RunningTier Site { get; private set; } = null!;

    public FakeMessengers Fake { get; private set; } = null!;

    public ShiftedClock Clock { get; } = new();

    public Guid Channel { get; private set; }

    public string CallPath { get; private set; } = "";

    /// <summary>Has shown that "anna" is theirs.</summary>
    public Account Anna { get; private set; } = null!;

    /// <summary>Has shown that "bert" is theirs.</summary>
    public Account Bert { get; private set; } = null!;

    /// <summary>Named "cora" and did not show that it is theirs.</summary>
    public Account Cora { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public static async Task<CardBench> Start()
    {
        var bench = new CardBench();
        bench.Fake = await FakeMessengers.Start(bench.Clock.GetUtcNow);
        bench.Fake.WeCom.Users.Add("cora");
        var settings = new Dictionary<string, string?> { ["Outbound:AllowedNetworks:0"] = "127.0.0.0/8", ["Modules:Notify:PublicUrl"] = "https://juming.example" };
        bench.Site = await RunningTier.Start(settings: settings, services: s => s.AddSingleton<TimeProvider>(bench.Clock));
        (bench.Channel, bench.CallPath) = await bench.Site.MakeCardChannel(bench.Fake);
        (bench.Anna, bench.Bert, bench.Cora) = (await bench.Site.Account(Role.Analyst), await bench.Site.Account(Role.SecurityAdmin), await bench.Site.Account(Role.Analyst));
        await bench.Site.SetWeCom(bench.Anna, "anna", bench.Fake);
        await bench.Site.SetWeCom(bench.Bert, "bert", bench.Fake);
        await bench.Site.SetWeCom(bench.Cora, "cora");
        bench.Client = bench.Site.Client(from: RunningTier.AnotherAddress());
        return bench;
    }

    /// <summary>Asks about an address of its own.</summary>
    public async Task<(Guid Id, string Target)> Ask(bool highRisk = false, int keys = 1, TimeSpan? within = null, Account? by = null)
    {
        var target = $"203.0.113.{Interlocked.Increment(ref _number)}";
        await using var scope = Site.Services.CreateAsyncScope();
        var id = await scope.ServiceProvider.GetRequiredService<IApprovalDesk>().Ask(new ApprovalRequest
        {
            Key = target,
            Code = "block-ip",
            Effect = new Dictionary<string, string> { ["target"] = target, ["devices"] = "FW-A, FW-B", ["minutes"] = "1440" },
            Inverse = "unblock-ip",
            HighRisk = highRisk,
            Keys = keys,
            RequestedBy = by?.Id.ToString(),
            ExpiresAt = Clock.GetUtcNow() + (within ?? TimeSpan.FromMinutes(15)),
        }, CancellationToken.None);
        return (id, target);
    }

    /// <summary>What came for a person about a target.</summary>
    public async Task<JsonElement> Message(string user, string target)
    {
        FakeMessage? found = null;
        await Until(() => (found = Fake.Received("wecom-app").LastOrDefault(m => m.Body.GetProperty("touser").GetString() == user && m.Body.ToString().Contains(target, StringComparison.Ordinal))) is not null, $"a message for {user} about {target}");
        return found!.Body;
    }

    /// <summary>Name of a person's card about a target.</summary>
    public async Task<string> Task(string user, string target) => (await Message(user, target)).GetProperty("template_card").GetProperty("task_id").GetString()!;

    /// <summary>Presses a button, as WeCom tells it.</summary>
    public async Task<int> Press(string user, string task, string key)
    {
        using var answer = await Fake.WeCom.Press(user, task, key).Post(Client, CallPath);
        return (int)answer.StatusCode;
    }

    public async Task Says(string task, string user, string words)
    {
        for (var i = 0; i < 400 && Fake.WeCom.Said.GetValueOrDefault((task, user)) != words; i++) await System.Threading.Tasks.Task.Delay(50);
        Assert.That(Fake.WeCom.Said.GetValueOrDefault((task, user)), Is.EqualTo(words), "on the card of " + user);
    }

    public async Task<ApprovalDetail> Look(Guid approval) => (await Site.Send(new GetApproval(approval))).Value;

    /// <summary>Answers at the console.</summary>
    public async Task<Error?> Answer(Guid approval, Account account, bool agree, string reason = "", string code = "") =>
        (await Site.Send(new AnswerApproval(approval, agree, reason, new Secret(code)), new Actor(ActorKind.Person, account.Id.ToString(), account.Name, FrozenSet.ToFrozenSet([ApprovalsAnswer.Code]), [Scope.All]))).Error;

    /// <summary>What a person's authenticator app shows at the site's time.</summary>
    public string CodeOf(Account account) => new OtpNet.Totp(account.Secret).ComputeTotp(Clock.GetUtcNow().UtcDateTime);

    public static async Task Until(Func<bool> holds, string what)
    {
        for (var i = 0; i < 400 && !holds(); i++) await System.Threading.Tasks.Task.Delay(50);
        Assert.That(holds(), Is.True, "it did not come about in 20 s: " + what);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Site.DisposeAsync();
        await Fake.DisposeAsync();
    }
}
