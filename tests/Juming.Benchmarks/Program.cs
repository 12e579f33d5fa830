using Juming.Benchmarks;
using Juming.Benchmarks.Detection;
using Juming.Benchmarks.Linkage;
using Juming.Benchmarks.Normalize;
using Juming.Benchmarks.Pipeline;
using Juming.Benchmarks.Playbooks;
using Juming.Benchmarks.Search;
using Juming.Benchmarks.Web;

return args.FirstOrDefault() switch
{
    "demo" => await DemoRun.Run([.. args.Skip(1)]),
    "farm-by-hand" => await FarmRun.Run([.. args.Skip(1)]),
    "farm" => await FarmBench.Run([.. args.Skip(1)]),
    "linkage" => await LinkageBench.Run([.. args.Skip(1)]),
    "rules" => RulesBench.Run([.. args.Skip(1)]),
    "normalize" => NormalizeBench.Run([.. args.Skip(1)]),
    "pipeline" => await PipelineBench.Run([.. args.Skip(1)]),
    "collect" => await CollectServer.Run([.. args.Skip(1)]),
    "search" => await SearchBench.Run([.. args.Skip(1)]),
    "fuzz" => await Juming.Benchmarks.Fuzz.FuzzBench.Run([.. args.Skip(1)]),
    "chaos" => await Juming.Benchmarks.Chaos.ChaosBench.Run([.. args.Skip(1)]),
    "captcha" => Juming.Benchmarks.Captcha.CaptchaBench.Run([.. args.Skip(1)]),
    "intel" => await Juming.Benchmarks.Intel.IntelBench.Run([.. args.Skip(1)]),
    "egress" => await Juming.Benchmarks.Egress.EgressBench.Run([.. args.Skip(1)]),
    "links" => await Juming.Benchmarks.Links.LinksBench.Run([.. args.Skip(1)]),
    "sites" => await Juming.Benchmarks.Links.SitesBench.Run([.. args.Skip(1)]),
    Juming.Benchmarks.Links.SlowLinkBench.Inside => await Juming.Benchmarks.Links.SlowLinkBench.Measure([.. args.Skip(1)]),
    "playbooks" => await PlaybooksBench.Run([.. args.Skip(1)]),
    "playbook-site" => await PlaybookSite.Run([.. args.Skip(1)]),
    "web" => await WebBench.Run([.. args.Skip(1)]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("demo --port N [--minutes M] [--once] | farm-by-hand [--seed N] [--ports FROM] | farm [--json] [--rounds=N] [--only=NAME,…] [--seed=S] | linkage [--json] [--rounds=N] [--part=NAME] | rules [--explain] [--lines=FILE] PATH... | pipeline [--json] [--rounds=N] [--only=PART,…] | search [--json] [--events=N] [--keep] | web [--json] [--events=N] [--rounds=N] | captcha [--json] [--count=N] [--seed=S] [--labels=DIR] | playbooks [--json] [--runs=N] [--every=SECONDS] | normalize [--rounds=N] FILE | intel [--json] [--indicators=N,…] [--rounds=N] [--only-lookups] [--only-chain] | egress [--json] [--canaries=N] [--seed=S] | sites [--json] [--sites=N] [--database=sqlite|postgres] [--only=sites|bulk] | links [--json] [--faults=N] [--power=N] [--seed=S] [--report=FILE] | chaos [--kills N] [--seed S] | fuzz [--seconds N] [--target NAME] [--seed S]");
    return 2;
}
