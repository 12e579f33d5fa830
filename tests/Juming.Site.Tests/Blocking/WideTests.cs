using System.Collections.Frozen;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Approvals;
using Juming.Site.Approvals.Answer;
using Juming.Site.Blocking;
using Juming.Testing;
using Juming.Testing.Blocking;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Blocking;

/// <summary>A range that one person may not block alone is blocked when another one agrees, and only then.</summary>
[Category("S3.3")]
internal sealed class WideTests
{
    private BlockingDevice _device = null!;
    private BlockingBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _device = await BlockingDevice.Start();
        _bench = await BlockingBench.Start([_device]);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _bench.DisposeAsync();
        await _device.DisposeAsync();
    }

    [Test]
    public async Task A_second_person_agrees_with_a_fresh_code_and_the_range_is_blocked_and_read_back()
    {
        var other = await _bench.Site.Account(Role.SecurityAdmin);
        var wish = await Ask("45.10.16.0/20", "wide-1");
        Assert.That((await Ask("45.10.16.0/20", "wide-1")).Id, Is.EqualTo(wish.Id), "The same key is the same wish.");
        Assert.That((wish.State, wish.Devices), Is.EqualTo(("Asked", _device.Name)));
        Assert.That(_device.Truth, Has.None.Contains("45.10.16.0/20"));

        Assert.That((await Answer(wish.Approval, other, true, "000000")).Succeeded, Is.False, "A wrong code agrees to nothing.");
        Assert.That((await Answer(wish.Approval, other, true, other.Code)).Value.State, Is.EqualTo(ApprovalState.Approved));
        var granted = await Until("45.10.16.0/20", "Granted");
        var block = await _bench.Until(granted.Entry!.Value, BlockState.Verified);
        Assert.That(block.GetProperty("block").GetProperty("by").GetString(), Does.EndWith(", " + other.Name));
        await _bench.List.Lift(granted.Entry.Value, "test", "test", CancellationToken.None);
        await _bench.Until(granted.Entry.Value, BlockState.Removed);
    }

    [Test]
    public async Task A_no_blocks_nothing_and_says_who_refused()
    {
        var other = await _bench.Site.Account(Role.Analyst);
        var wish = await Ask("45.11.0.0/17", "wide-2");
        await Answer(wish.Approval, other, false, "");
        var refused = await Until("45.11.0.0/17", "Refused");
        Assert.That((refused.DecidedBy, refused.Entry), Is.EqualTo((other.Name, (Guid?)null)));
        Assert.That(_device.Truth, Has.None.Contains("45.11.0.0"));
    }

    [Test]
    public async Task What_became_protected_meanwhile_is_not_blocked_though_two_agreed()
    {
        var other = await _bench.Site.Account(Role.Analyst);
        var wish = await Ask("45.12.0.0/18", "wide-3");
        Assert.That((await _bench.Post("protected", new { range = "45.12.3.4", kind = "partner", note = "new" }, _bench.Admin)).Status, Is.EqualTo(200));
        await Answer(wish.Approval, other, true, other.Code);
        Assert.That((await Until("45.12.0.0/18", "Failed")).Failure, Is.EqualTo("protected"));
        Assert.That(_device.Truth, Has.None.Contains("45.12.0.0"));
    }

    [TestCase("10.0.0.0/20", 400, "blocking.protected")]
    [TestCase("45.0.0.0/15", 400, "blocking.too-wide")]
    [TestCase("45.13.0.0/24", 400, "blocking.not-wide")]
    [TestCase("example.invalid", 400, "blocking.name")]
    [TestCase("", 400, "request.invalid")]
    public async Task What_needs_no_second_person_or_may_never_be_blocked_is_not_asked_about(string target, int status, string code)
    {
        var refused = await _bench.Post("wide", new { target, reason = "try" });
        Assert.That((refused.Status, refused.Body.GetProperty("code").GetString()), Is.EqualTo((status, code)));
    }

    [Test]
    public async Task A_token_is_no_second_pair_of_eyes_and_one_range_is_asked_about_once()
    {
        using var token = await _bench.Site.WithToken(BlockingWrite.Code, BlockingRead.Code);
        var byToken = await _bench.Post("wide", new { target = "45.14.0.0/20", reason = "try" }, token);
        Assert.That((byToken.Status, byToken.Body.GetProperty("code").GetString()), Is.EqualTo((403, "blocking.people-only")));
        await Ask("45.15.0.0/20", "wide-4");
        var again = await _bench.Post("wide", new { target = "45.15.0.0-45.15.15.255", reason = "try" }, _bench.Admin);
        Assert.That((again.Status, again.Body.GetProperty("code").GetString()), Is.EqualTo((409, "blocking.asked-already")));
        var reused = await _bench.Post("wide", new { target = "45.16.0.0/20", reason = "try", key = "wide-4" });
        Assert.That((reused.Status, reused.Body.GetProperty("code").GetString()), Is.EqualTo((409, "blocking.key-of-other")));
    }

    private async Task<Wish> Ask(string target, string key)
    {
        var (status, body) = await _bench.Post("wide", new { target, reason = "a whole network attacks", minutes = 60, key });
        Assert.That(status, Is.EqualTo(200), body.ToString());
        return (await All()).Single(w => w.Id == body.GetGuid());
    }

    private async Task<Wish> Until(string target, string state)
    {
        for (var i = 0; i < 400; i++)
        {
            if ((await All()).SingleOrDefault(w => w.Target == target && w.State == state) is { } wish) return wish;
            await Task.Delay(50);
        }
        Assert.Fail($"{target} is not {state}: {await _bench.Get("wide")}");
        return null!;
    }

    private async Task<List<Wish>> All() => JsonSerializer.Deserialize<List<Wish>>(await _bench.Get("wide"), JsonSerializerOptions.Web)!;

    private async Task<Result<ApprovalAnswered>> Answer(Guid approval, Account person, bool agree, string code)
    {
        var actor = new Actor(ActorKind.Person, person.Id.ToString(), person.Name, FrozenSet.Create(ApprovalsAnswer.Code), [Scope.All]);
        await using var scope = _bench.Site.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Sender>().SendAs(actor, new AnswerApproval(approval, agree, agree ? "" : "too much", new Secret(code)), CancellationToken.None);
    }

    private sealed record Wish(Guid Id, string Target, string Devices, string State, string DecidedBy, string? Failure, Guid Approval, Guid? Entry);
}
