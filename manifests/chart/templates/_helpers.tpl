{{/* A generated file of `files/`, for the namespace that was chosen. Takes [root, name]. */}}
{{- define "headstart.file" -}}
{{- $root := index . 0 -}}
{{- $root.Files.Get (printf "files/%s.yaml" (index . 1)) | replace "headstart-system" $root.Values.installation.namespace -}}
{{- end }}

{{/* Prints the objects of a list. */}}
{{- define "headstart.print" -}}
{{- range . }}
---
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Image reference. Takes [root, image]. */}}
{{- define "headstart.reference" -}}
{{- $image := index . 1 -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default (index . 0).Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* Sets what values say of every pod of ours. Takes [root, pod spec, image]. */}}
{{- define "headstart.setPod" -}}
{{- $root := index . 0 -}}
{{- $pod := index . 1 -}}
{{- $container := first $pod.containers -}}
{{- $_ := set $container "image" (include "headstart.reference" (list $root (index . 2))) -}}
{{- with $root.Values.manager.image.pullPolicy }}{{ $_ := set $container "imagePullPolicy" . }}{{ end -}}
{{- with $root.Values.imagePullSecrets }}{{ $_ := set $pod "imagePullSecrets" . }}{{ end -}}
{{- end }}

{{/* Sets what values say of manager and daemon alike. Takes [pod template, values of the component]. */}}
{{- define "headstart.setComponent" -}}
{{- $template := index . 0 -}}
{{- $values := index . 1 -}}
{{- $pod := $template.spec -}}
{{- $container := first $pod.containers -}}
{{- with $values.podAnnotations }}{{ $_ := set $template.metadata "annotations" . }}{{ end -}}
{{- $_ := set $pod "nodeSelector" (merge (deepCopy $values.nodeSelector) $pod.nodeSelector) -}}
{{- $_ := set $container "resources" $values.resources -}}
{{- range $key := list "tolerations" "priorityClassName" -}}
{{- with index $values $key }}{{ $_ := set $pod $key . }}{{ else }}{{ $_ := unset $pod $key }}{{ end -}}
{{- end -}}
{{- if ne $values.log.level "info" -}}
{{- $_ := set $container "args" (append $container.args (printf "--log-level=%s" $values.log.level)) -}}
{{- end -}}
{{- end }}

{{/* Adds arguments, volumes and mounts to a pod spec, and whatever `pod` has. Takes [pod spec, parts]. */}}
{{- define "headstart.addParts" -}}
{{- $pod := index . 0 -}}
{{- $parts := index . 1 -}}
{{- $container := first $pod.containers -}}
{{- $_ := mergeOverwrite $pod ($parts.pod | default dict) -}}
{{- $_ := set $pod "volumes" (concat ($pod.volumes | default list) $parts.volumes) -}}
{{- $_ := set $container "args" (concat $container.args $parts.args) -}}
{{- $_ := set $container "volumeMounts" (concat ($container.volumeMounts | default list) $parts.mounts) -}}
{{- end }}

{{/* `policy`, `webhook` or `none`. The policy needs the claim that API servers put into requests since 1.30. */}}
{{- define "headstart.nodeIsolation" -}}
{{- if ne .Values.nodeIsolation "auto" -}}
{{ .Values.nodeIsolation }}
{{- else if semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version -}}
policy
{{- else -}}
webhook
{{- end }}
{{- end }}

{{/* Not empty where the API server evaluates CEL: matchConditions of webhooks, and rules of definitions with reason and fieldPath. */}}
{{- define "headstart.hasCel" -}}
{{- if semverCompare ">=1.28.0-0" .Capabilities.KubeVersion.Version }}yes{{ end -}}
{{- end }}

{{/* Takes the CEL rules out of a schema, at any depth. */}}
{{- define "headstart.dropRules" -}}
{{- if kindIs "map" . -}}
{{- $_ := unset . "x-kubernetes-validations" -}}
{{- range values . }}{{ include "headstart.dropRules" . }}{{ end -}}
{{- else if kindIs "slice" . -}}
{{- range . }}{{ include "headstart.dropRules" . }}{{ end -}}
{{- end -}}
{{- end }}
