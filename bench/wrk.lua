-- wrk's load: wrk -s wrk.lua URL -- TARGETS [TEMPLATE]
-- TARGETS   a file with a target a line, of which each request takes one at random
-- TEMPLATE  makes each request a POST of this JSON to the URL's own path, with a line of TARGETS for @
-- Ends with one line of JSON.

local function request_of(line, template)
  if template then
    return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, (template:gsub("@", line)))
  end
  return wrk.format("GET", line)
end

function init(arguments)
  local requests = {}
  for line in io.lines(arguments[1]) do
    requests[#requests + 1] = request_of(line, arguments[2])
  end
  math.randomseed(1)
  -- Without a function wrk asks for the one target itself, which costs it less.
  if #requests > 1 then
    function request()
      return requests[math.random(#requests)]
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
