using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Platform.Notify.Calls;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Channels.Change;
using Juming.Platform.Notify.Channels.Senders;
using Juming.Platform.Notify.Delivery;
using Juming.Platform.Notify.Log;
using Juming.Platform.Notify.Mine;
using Juming.Platform.Notify.Posting;
using Juming.Platform.Notify.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Notify;

/// <summary>Brings what people must hear about to them: in the console, by mail and by messengers. Every tier has it.</summary>
public sealed class NotifyModule : Module
{
    /// <inheritdoc/>
    public override string Name => "notify";

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("admin", "Notifications", "/notify", NotifyRead.Code, 70, "bell", typeof(NotifyTexts))];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs =>
    [
        new("notify-upkeep", "41 3 * * *", (services, ct) => services.GetRequiredService<NotifyUpkeep>().Run(ct)),
        new("notify-parts", "* * * * *", (services, ct) => services.GetRequiredService<PartsWatch>().Look(ct)),
    ];

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<NotifySettings>("Modules:Notify");
        services.AddSingleton<Wake>().AddSingleton<INotices, Notices>().AddSingleton<NoticeBook>().AddSingleton<PartsWatch>();
        services.AddSingleton<MessengerHttp>().AddSingleton<WeComTokens>().AddSingleton<WeComApi>().AddSingleton<WeComCards>().AddSingleton<CallKeys>().AddSingleton<CallMemory>();
        services.AddSingleton<IChannelSender, EmailSender>().AddSingleton<IChannelSender, WeComRobotSender>().AddSingleton<IChannelSender, WeComAppSender>();
        services.AddSingleton<IChannelSender, DingTalkSender>().AddSingleton<IChannelSender, FeishuSender>().AddSingleton<IChannelSender, WebhookSender>();
        services.AddScoped<Dispatcher>().AddScoped<Composer>().AddScoped<Router>().AddScoped<ChannelRun>().AddScoped<CardRun>().AddScoped<INoticeQuestions, NoticeQuestions>().AddScoped<NotifyUpkeep>().AddScoped<IChannels, ChannelDesk>();
        services.AddSingleton<IReadiness, NotifyReadiness>();
        services.AddSingleton(new NoticeKind(PartsWatch.Bad, typeof(NotifyTexts), Role.SystemAdmin, Role.SecurityAdmin)).AddSingleton(new NoticeKind(PartsWatch.Good, typeof(NotifyTexts), Role.SystemAdmin, Role.SecurityAdmin));
        services.AddHostedService<Courier>();
    }

    /// <inheritdoc/>
    public override void MapCalls(IEndpointRouteBuilder routes) => WeComCalls.Map(routes);

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("channels", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListChannels(), ct)).ToHttp()).Answers<IReadOnlyList<ChannelView>>("Channels and how they did in the last day; secrets are never told.");
        routes.MapGet("rules", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListRules(), ct)).ToHttp()).Answers<RuleList>("Rules, and what they may choose from.");
        routes.MapGet("deliveries", async (Sender sender, [Description("Identity of a channel")] Guid? channel, [Description("How far they are: Waiting, Sending, Sent, Digested, Spared, Dead"), StringLength(20)] string? state, [Description("Rows passed over"), Range(0, 1_000_000)] int? skip, [Description("Rows of the page, 50 by default"), Range(1, 200)] int? take, CancellationToken ct) =>
            (await sender.Send(new ListDeliveries(channel, Enum.TryParse<DeliveryState>(state, true, out var wanted) ? wanted : null, skip ?? 0, take ?? 50), ct)).ToHttp()).Answers<DeliveryPage>("The delivery log, latest first.");
        routes.MapGet("mine", async (Sender sender, [Description("Only what is not read")] bool? unread, [Description("Rows passed over"), Range(0, 1_000_000)] int? skip, [Description("Rows of the page, 50 by default"), Range(1, 200)] int? take, CancellationToken ct) =>
            (await sender.Send(new ListMyNotices(unread ?? false, skip ?? 0, take ?? 50), ct)).ToHttp()).Answers<MyNotices>("Notices of the person who is signed in, latest first.");
    }
}
