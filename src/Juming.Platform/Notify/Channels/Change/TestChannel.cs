using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Notify.Channels.Senders;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Channels.Change;

/// <summary>Sends a test message now, to who asks or to the channel's group, and tells what became of it.</summary>
internal sealed record TestChannel(Guid Id) : ICommand<TestResult>, INeeds<NotifyWrite>;

/// <summary>Sees whether the address for phones leads to this host.</summary>
internal sealed record TestPublicUrl : ICommand<TestResult>, INeeds<NotifyWrite>;

/// <summary>What became of a test.</summary>
/// <param name="Worked">It worked.</param>
/// <param name="Failure">Code of why not.</param>
/// <param name="Detail">What the other side said; attacker-controlled.</param>
internal sealed record TestResult(bool Worked, string? Failure, string? Detail);

file sealed class ChannelHandler(NotifyDb db, Dispatcher dispatcher, Composer composer, CurrentActor current, TimeProvider clock) : ICommandHandler<TestChannel, TestResult>
{
    public async Task<Result<TestResult>> Handle(TestChannel request, CancellationToken ct)
    {
        if (await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == request.Id, ct) is not { } channel) return NotifyErrors.NoSuchChannel;
        var contact = current.Actor.PersonId is { } person ? await db.Contacts.AsNoTracking().SingleOrDefaultAsync(c => c.PersonId == person, ct) : null;
        var receiver = ChannelForm.IsPersonal(channel) ? ChannelRun.AddressOf(channel, contact) : null;
        var now = clock.GetUtcNow();
        var message = composer.Test(channel, contact, current.Actor.Name, now);
        var outcome = await dispatcher.Send(channel, receiver, message, "notify.test", ct);
        if (outcome is { End: SendEnd.Sent, CardCode: { } code })
        {
            // Its button shows that presses come back.
            db.Add(new CardRow { DeliveryId = message.Id, NoticeId = Guid.Empty, ChannelId = channel.Id, Receiver = receiver!, SentCode = code, MadeAt = now, DueAt = now });
            await db.SaveChangesAsync(ct);
        }
        return new TestResult(outcome.End == SendEnd.Sent, outcome.Failure, outcome.Detail ?? outcome.Reference);
    }
}

file sealed class UrlHandler(NotifySettings settings, GuardedHttp http) : ICommandHandler<TestPublicUrl, TestResult>
{
    private static readonly Reach Reach = new(Destinations.FromSettings) { Within = TimeSpan.FromSeconds(10), MostBytes = 4096, Sender = "notify" };

    public async Task<Result<TestResult>> Handle(TestPublicUrl request, CancellationToken ct)
    {
        if (settings.AddressOf("/healthz") is not { } address) return new TestResult(false, "public-url-missing", null);
        try
        {
            var answer = await http.Send(new GuardedCall(HttpMethod.Get, new Uri(address)), Reach, ct);
            var status = answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (answer.Status == 421) return new TestResult(false, "public-url-host", null);
            if (answer.Status is >= 300 and < 400) return new TestResult(false, "redirected", status);
            return answer.Status == 200 && answer.Body.AsSpan().SequenceEqual("alive"u8) ? new TestResult(true, null, null) : new TestResult(false, "public-url-other", status);
        }
        catch (CallFailedException e)
        {
            var outcome = MessengerHttp.Of(e);
            return new TestResult(false, outcome.Failure, outcome.Detail);
        }
    }
}
